"""A row of a list after one of its values was changed there: rendered as the list renders it, for that row alone."""

from typing import Any

from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhike.core import list_choices
from zhike.core.entities import Entity, FieldKind
from zhike.core.fieldvalues import value_of
from zhike.core.lists import ListQuery, matching
from zhike.core.lists.rows import build_rows
from zhike.core.pages.guards import rows_of
from zhike.core.pages.list_page import asked_of, selects_rows
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.table import make_row

# The question of the list in which the row stands, as its address has it.
LIST = "list"


def renewed_row(request: PageRequest, entity: Entity, before: Any) -> SafeString | None:
    """`<template>` with the row as it is now; None where this reader sees it no more.

    A change may bring others with it (a stage its probability), and may lead the row out of what the list was asked for: then
    the row says so. `data-stale` says that order, count or totals of the list are those before the change.
    """
    choice = list_choices.chosen(request.actor.user_id, entity.slug)
    query = asked_of(request, entity, choice, QueryDict(request.GET.get(LIST, ""))).query
    record = matching(query).filter(pk=before.pk).first()
    stays = record is not None
    if record is None:
        record = rows_of(request.actor, entity).filter(pk=before.pk).first()
    if record is None:
        return None
    row = build_rows(request.actor, entity, query.columns, [record])[0]
    made = make_row(
        entity,
        query.columns,
        row,
        in_ten_thousands=choice.in_ten_thousands,
        selects=selects_rows(entity, request.actor),
        note="" if stays else _("no longer in this list"),
    )
    if not stays or _is_stale(query, before, record):
        return format_html('<template data-inline-row="{}" data-stale>{}</template>', row.id, made)
    return format_html('<template data-inline-row="{}">{}</template>', row.id, made)


def _is_stale(query: ListQuery, before: Any, now: Any) -> bool:
    """Whether what changed decides the list's order, or stands in its totals."""
    entity = query.entity
    # In a list of what was changed last, everybody knows that a change comes to the top.
    decisive = [key.name for key in query.sort if key.name != "updated_at"]
    if query.with_totals:
        decisive += [column.name for column in query.columns if column.kind is FieldKind.MONEY]
    fields = [entity.field(name) for name in decisive if entity.has_field(name)]
    return any(value_of(before, field) != value_of(now, field) for field in fields)
