"""The log of everything that changed: written with the change, read in a safe order, told to subscribers."""

from zhike.core.events.dispatching import dispatch
from zhike.core.events.models import Event
from zhike.core.events.reading import BEGINNING, Position, end, position_of, read
from zhike.core.events.recording import Draft, record, record_many
from zhike.core.events.subscribers import Subscriber, subscribe

__all__ = [
    "BEGINNING",
    "Draft",
    "Event",
    "Position",
    "Subscriber",
    "dispatch",
    "end",
    "position_of",
    "read",
    "record",
    "record_many",
    "subscribe",
]
