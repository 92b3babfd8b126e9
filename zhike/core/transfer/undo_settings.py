"""Options and fields that an import made, out of use again where nothing else came to use them."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhike.core import options
from zhike.core.actors import Actor
from zhike.core.configuration.log import ENTITY
from zhike.core.configuration.option_actions import remove_option
from zhike.core.customfields.actions import retire_field
from zhike.core.customfields.models import CustomField
from zhike.core.entities import registry
from zhike.core.events.models import Event
from zhike.core.options.models import Option
from zhike.core.transfer.undo_report import Kept, UndoReport
from zhike.core.writes.errors import RuleBroken

_OPTION_CHANGED = ("change_option", "switch_option", "set_option", "merge_option")
_FIELD_CHANGED = ("change_field",)
# Both count as made by the import: a field like the one wanted may have been retired.
_FIELD_MADE = ("create_field", "restore_field")


def unmake(actor: Actor, events: QuerySet[Event], report: UndoReport) -> None:
    """Take away what these events say was made. What is used, or was changed since, stays and is told of."""
    made = events.filter(entity=ENTITY).order_by("-pk")
    for event in made.filter(verb="add_option"):
        row = Option.objects.filter(pk=event.record_id, list_name=event.note).first()
        if row is not None:
            _unmake_option(actor, row, event, report)
    for event in made.filter(verb__in=_FIELD_MADE):
        field = CustomField.objects.filter(pk=event.record_id, is_active=True).first()
        if field is not None:
            _unmake_field(actor, field, event, report)


def _unmake_option(actor: Actor, row: Option, event: Event, report: UndoReport) -> None:
    title = f"{options.get_list(row.list_name).label}: {row.label_zh or row.label_en}"
    reason = _("It was changed after the import.") if _was_changed(event, _OPTION_CHANGED, row.list_name) else ""
    if not reason:
        try:
            remove_option(actor, row.list_name, row.code)
        except RuleBroken as used:
            reason = used.sentence
    _tell(report, row.pk, title, reason)


def _unmake_field(actor: Actor, field: CustomField, event: Event, report: UndoReport) -> None:
    rows = registry.get(field.entity).model._default_manager.filter(custom__has_key=field.key, deleted_at__isnull=True)
    reason = _("It was changed after the import.") if _was_changed(event, _FIELD_CHANGED, field.entity) else ""
    if not reason and rows.exists():
        reason = _("Records have a value in this field.")
    if not reason:
        retire_field(actor, field.entity, field.key)
    _tell(report, field.pk, field.label_zh or field.label_en, reason)


def _was_changed(made: Event, verbs: tuple[str, ...], about: str) -> bool:
    later = Event.objects.filter(entity=ENTITY, record_id=made.record_id, pk__gt=made.pk, verb__in=verbs)
    return later.filter(note__startswith=about).exists()


def _tell(report: UndoReport, pk: int, title: str, reason: str) -> None:
    if reason:
        report.keep(Kept(entity=ENTITY, record_id=pk, title=title, reason=reason))
    else:
        report.unmade += 1
