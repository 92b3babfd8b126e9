"""Which value a field had at the end of a business day, for one record or for all at once.

"As of day D" is the state at the end of D. The last change of D or before decides; of one day, the one recorded last, since ids
ascend in the order of recording. A record that only changed later had the value from which its first change started. One
that never changed had its present value, if it was there by then.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.models import Case, CharField, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce

from zhike.core import company
from zhike.core.entities import Entity, Field, FieldKind
from zhike.core.history.models import StateChange

LATEST = ("-effective_on", "-id")
EARLIEST = ("effective_on", "id")


def as_of(
    rows: QuerySet[Any],
    entity: Entity,
    field: str,
    day: date,
    *,
    known_at: datetime | None = None,
    name: str = "state_then",
) -> QuerySet[Any]:
    """The rows with the text of `field` at the end of `day` as `name`: "" where it was blank, None where there was no record.

    With `known_at` (aware), as it was known at that moment: what was recorded later does not count. The text is that of
    `as_text`, or for a record that never changed what the database makes of the value; `to_value` reads both.
    Raises `ValueError` for a field whose history is not kept.
    """
    if field not in entity.history:
        raise ValueError(f"The history of {entity.slug}.{field} is not kept.")
    changes = StateChange.objects.filter(entity=entity.slug, record_id=OuterRef("pk"), field=field)
    if known_at is not None:
        changes = changes.filter(recorded_at__lte=known_at)
    last_new = changes.filter(effective_on__lte=day).order_by(*LATEST).values("new")[:1]
    first_old = changes.filter(effective_on__gt=day).order_by(*EARLIEST).values("old")[:1]
    present = Coalesce(Cast(F(entity.field(field).attname), CharField()), Value(""))
    was_there = models.Q(created_at__lt=_end_of(day))
    then = Coalesce(
        Subquery(last_new), Subquery(first_old), Case(When(was_there, then=present)), output_field=CharField()
    )
    found: QuerySet[Any] = rows.annotate(**{name: then})
    return found


def with_state_as_of(
    rows: QuerySet[Any],
    entity: Entity,
    field: str,
    day: date,
    *,
    known_at: datetime | None = None,
    name: str = "state_then",
) -> QuerySet[Any]:
    """As `as_of`, without the rows whose field was blank then or which were not there."""
    return as_of(rows, entity, field, day, known_at=known_at, name=name).filter(**{f"{name}__gt": ""})


def value_as_of(row: models.Model, entity: Entity, field: str, day: date, *, known_at: datetime | None = None) -> Any:
    """The value of one record's field at the end of `day` in Python's form (a relation as its id), None where it was blank."""
    rows = as_of(entity.model._default_manager.filter(pk=row.pk), entity, field, day, known_at=known_at)
    text = rows.values_list("state_then", flat=True).first()
    return to_value(entity.field(field), text or "")


def to_value(field: Field, text: str) -> Any:
    """A text of the history as the field's Python value; blank is None, or "" for a text."""
    if field.kind is FieldKind.BOOLEAN:
        return None if not text else text in ("true", "True", "1")
    if not text and not field.model_field.null and isinstance(field.model_field, (models.CharField, models.TextField)):
        return ""
    return field.model_field.to_python(text) if text else None


def states(entity: Entity, record_id: int, field: str) -> QuerySet[StateChange]:
    """The whole history of one record's field, oldest first."""
    return StateChange.objects.filter(entity=entity.slug, record_id=record_id, field=field).order_by(*EARLIEST)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=company.zone())
