"""All tables of the platform, gathered here for Django; each is written where its machinery is."""

from zhike.core.company import Company
from zhike.core.events.models import Event, EventCursor, EventFailure
from zhike.core.external_keys import ExternalKey
from zhike.core.history.models import StateChange
from zhike.core.idempotency import IdempotencyKey
from zhike.core.jobs.models import Job, ScheduledSlot
from zhike.core.list_choices import ListChoice
from zhike.core.modules import ModuleSwitch
from zhike.core.money.models import ExchangeRate
from zhike.core.numbering.models import NumberCounter, NumberRule
from zhike.core.options.models import Option
from zhike.core.overlay.models import Epoch
from zhike.core.scoping.team import TeamMember
from zhike.core.search.models import SearchEntry

__all__ = [
    "Company",
    "Epoch",
    "Event",
    "EventCursor",
    "EventFailure",
    "ExchangeRate",
    "ExternalKey",
    "IdempotencyKey",
    "Job",
    "ListChoice",
    "ModuleSwitch",
    "NumberCounter",
    "NumberRule",
    "Option",
    "ScheduledSlot",
    "SearchEntry",
    "StateChange",
    "TeamMember",
]
