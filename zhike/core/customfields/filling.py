"""Beginning to keep a field's values where lists find them, or no longer: a job, since there may be millions."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection
from django.db.models import BigIntegerField, CharField, Count, F, Q
from django.db.models.functions import Cast, Left
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core import overlay
from zhike.core.actors import Actor
from zhike.core.configuration.rights import FIELDS
from zhike.core.customfields.config import known_custom_field
from zhike.core.customfields.index import write_again
from zhike.core.customfields.models import CustomField, CustomKind, CustomValue
from zhike.core.entities import Field, contribute, registry
from zhike.core.jobs.context import BATCH_ROWS, JobContext
from zhike.core.jobs.kinds import JobKind
from zhike.core.jobs.queue import enqueue
from zhike.core.writes.errors import RuleBroken


@dataclass(frozen=True, kw_only=True)
class Filling:
    """Which field."""

    field_id: int


def start(actor: Actor, row: CustomField) -> None:
    """Ask for the values to be gathered, or thrown away, as the field says when the job runs."""
    enqueue(actor, FILL, Filling(field_id=row.pk))


def run(job: JobContext[Filling]) -> None:
    """Read the records in the order of their ids. Those changed meanwhile keep themselves right."""
    row = CustomField.objects.get(pk=job.arguments.field_id)
    if not row.is_indexed:
        _empty(job, row)
        return
    field = known_custom_field(row.entity, row.key)
    if field is None:
        return
    records: Any = registry.get(row.entity).model._default_manager
    job.expect(records.count())
    while _fill(job, records, field):
        pass
    with job.batch():
        CustomField.objects.filter(pk=row.pk, is_indexed=True).update(is_filled=True)
        overlay.bump()


def _fill(job: JobContext[Filling], records: Any, field: Field) -> bool:
    """One batch; whether there are more."""
    with job.batch() as batch:
        rows = records.filter(pk__gt=job.cursor or 0).order_by("pk")
        if connection.features.has_select_for_update:
            rows = rows.select_for_update()  # so that nobody changes a value between our reading and our writing
        has_bin = registry.of(records.model).has_column("deleted_at")
        names = ("pk", "custom", "deleted_at") if has_bin else ("pk", "custom")
        found = list(rows.values_list(*names)[:BATCH_ROWS])
        write_again(field, [(each[0], each[1], not has_bin or each[2] is None) for each in found])
        batch.count(len(found))
        if found:
            job.cursor = found[-1][0]
    return len(found) == BATCH_ROWS


def _empty(job: JobContext[Filling], row: CustomField) -> None:
    while True:
        with job.batch() as batch:
            ids = list(CustomValue.objects.filter(field=row).values_list("pk", flat=True)[:BATCH_ROWS])
            CustomValue.objects.filter(pk__in=ids).delete()
            batch.count(len(ids))
        if len(ids) < BATCH_ROWS:
            return


def set_unique(row: CustomField, *, on: bool) -> None:
    """Hold the values of a field apart from now on, or no longer. Raises `RuleBroken` where two live records are alike."""
    row.unique = on
    values = CustomValue.objects.filter(field=row)
    if not on:
        values.update(unique_key=None)
        return
    column = "number" if row.kind == CustomKind.INTEGER else "at" if row.kind == CustomKind.DATE else "text"
    twice = values.filter(live=True).values(column).annotate(found=Count("pk")).filter(found__gt=1).order_by(column)
    first = twice.first()
    if first is not None:
        shown = first[column].date() if column == "at" else first[column]
        raise RuleBroken(
            _("%(count)s records have the value “%(value)s”. Make them differ first.")
            % {"count": first["found"], "value": f"{shown:.0f}" if column == "number" else shown},
            "unique",
        )
    try:
        values.filter(Q(**{f"{column}__isnull": False})).update(unique_key=_key_of(column))
    except IntegrityError as again:
        raise RuleBroken(
            _("Two records were given the same value just now. Look at them and try again."), "unique"
        ) from again


def _key_of(column: str) -> Any:
    if column == "number":
        return Cast(Cast(F(column), BigIntegerField()), CharField())
    if column == "at":
        return Left(Cast(F(column), CharField()), 10)
    return F(column)


FILL = JobKind(
    name="core.fill_custom_field",
    label=gettext_lazy("preparing a field for filters"),
    arguments=Filling,
    run=run,
    right=FIELDS,
)
contribute(FILL)
