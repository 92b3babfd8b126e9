"""What goes when a module is switched off: kinds of records, entries of menu and settings, and who worked with it lately."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.utils import timezone

from zhike.core.entities import MenuItem, SettingsPage, registry
from zhike.core.events.models import Event
from zhike.core.pages.words import sentence_start

DAYS = 30
_NAMED = 12
# The log has no index by time; of a company that writes more in these days, those who worked last are named.
_EVENTS = 50_000


@dataclass(frozen=True)
class Effects:
    """What a module brings, in words, and the people who changed its records in the last days."""

    records: list[tuple[str, int]]
    entries: list[str]
    people: list[str]
    people_count: int

    @property
    def others(self) -> int:
        """How many people are not named."""
        return self.people_count - len(self.people)


def effects_of(name: str) -> Effects:
    """Everything of that module, whether it is on or off now."""
    entities = [each for each in registry.all() if each.module == name]
    entries = [sentence_start(each.label) for each in registry.contributions(MenuItem) if each.module == name]
    entries += [sentence_start(each.label) for each in registry.contributions(SettingsPage) if each.module == name]
    since = timezone.now() - timedelta(days=DAYS)
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    ids = set(
        Event.objects.filter(pk__gt=newest - _EVENTS, entity__in=[each.slug for each in entities], at__gte=since)
        .exclude(actor_id=None)
        .order_by()
        .values_list("actor_id", flat=True)
        .distinct()
    )
    people = get_user_model()._default_manager.filter(pk__in=ids).order_by("full_name_key", "pk")
    return Effects(
        records=[(sentence_start(each.label_plural), _count(each.model)) for each in entities],
        entries=list(dict.fromkeys(entries)),
        people=[str(each) for each in people[:_NAMED]],
        people_count=len(ids),
    )


def _count(model: type) -> int:
    rows = model._default_manager.all()  # type: ignore[attr-defined]  # every model has one
    names = {each.name for each in model._meta.fields}  # type: ignore[attr-defined]  # as above
    return int((rows.filter(deleted_at__isnull=True) if "deleted_at" in names else rows).count())
