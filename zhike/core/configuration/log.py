"""Changes of configuration in the event log."""

from collections.abc import Mapping
from typing import Any

from zhike.core import events
from zhike.core.actors import Actor
from zhike.core.writes.values import stable

ENTITY = "settings"


def log(actor: Actor, verb: str, changes: Mapping[str, tuple[Any, Any]], *, record_id: int = 0, note: str = "") -> None:
    """Note a change of configuration; what did not change is left out."""
    differing = {name: (stable(old), stable(new)) for name, (old, new) in changes.items() if old != new}
    events.record(actor, events.Draft(entity=ENTITY, record_id=record_id, verb=verb, changes=differing, note=note))
