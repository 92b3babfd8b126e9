"""All tables of the platform, gathered here for Django; each is written where its machinery is."""

from zhike.core.company import Company
from zhike.core.customfields.models import CustomField, CustomValue, EntityName, FieldSetting, LayoutSection
from zhike.core.events.models import Event, EventCursor, EventFailure
from zhike.core.external_keys import ExternalKey
from zhike.core.files.models import File
from zhike.core.history.models import StateChange
from zhike.core.home import HomeLayout
from zhike.core.idempotency import IdempotencyKey
from zhike.core.jobs.models import Job, ScheduledSlot
from zhike.core.list_choices import ListChoice
from zhike.core.menu.models import MenuChoice
from zhike.core.modules import ModuleSwitch
from zhike.core.money.models import ExchangeRate
from zhike.core.notifications.models import Notification, NotificationChoice, NotificationTimes
from zhike.core.numbering.models import NumberCounter, NumberRule
from zhike.core.options.models import Option
from zhike.core.overlay.models import Epoch
from zhike.core.saved_views.models import SavedView
from zhike.core.scoping.team import TeamMember
from zhike.core.scoring.models import ScoreModel, ScoreRule
from zhike.core.search.models import SearchEntry
from zhike.core.transfer.models import RememberedMapping, TableImport
from zhike.core.viewed import Viewed
from zhike.core.watching.models import Watch

__all__ = [
    "Company",
    "CustomField",
    "CustomValue",
    "EntityName",
    "Epoch",
    "Event",
    "EventCursor",
    "EventFailure",
    "ExchangeRate",
    "ExternalKey",
    "FieldSetting",
    "File",
    "HomeLayout",
    "IdempotencyKey",
    "Job",
    "LayoutSection",
    "ListChoice",
    "MenuChoice",
    "ModuleSwitch",
    "Notification",
    "NotificationChoice",
    "NotificationTimes",
    "NumberCounter",
    "NumberRule",
    "Option",
    "RememberedMapping",
    "SavedView",
    "ScheduledSlot",
    "ScoreModel",
    "ScoreRule",
    "SearchEntry",
    "StateChange",
    "TableImport",
    "TeamMember",
    "Viewed",
    "Watch",
]
