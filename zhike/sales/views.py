"""The funnel's pages: its figures, and the opportunities behind one of them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.core import company, modules
from zhike.core.entities import registry
from zhike.core.lists import ListPage, ListQuery, Total
from zhike.core.lists.rows import build_rows, columns_to_load
from zhike.core.pages import display
from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.table import make_table
from zhike.core.pages.words import sentence_start
from zhike.core.writes import NotAllowed
from zhike.sales import funnel, rules
from zhike.sales.models import Pipeline, Stage

PAGE_SIZE = 50
COLUMNS = "name,customer,stage,amount,closes_on,owner"
# A funnel's widest bar, in units of its picture.
FULL_WIDTH = 1000


@dataclass(frozen=True)
class Asked:
    """What the address asks for. A bad value falls back to the usual one and is told in `mistake`."""

    pipeline: Pipeline
    day: date
    grouping: funnel.Grouping
    mistake: str

    def link(self, address: str = "/funnel/", **more: object) -> str:
        own: dict[str, object] = {"pipeline": self.pipeline.pk, "on": self.day.isoformat(), "by": self.grouping.value}
        return f"{address}?{urlencode(own | more)}"


@signed_in
def funnel_page(request: PageRequest) -> HttpResponse:
    """`/funnel/?pipeline=1&on=2026-06-30&by=branch`"""
    _open(request)
    asked = _asked(request.GET)
    found = funnel.read(request.actor, asked.pipeline.pk, asked.day, asked.grouping)
    context = {
        "title": _("Funnel"),
        "asked": asked,
        "today": company.today(),
        "pipelines": [(each.pk, each.name) for each in rules.pipelines.get().pipelines],
        "groupings": [
            {"label": label, "url": asked.link(by=each.value), "active": each is asked.grouping}
            for each, label in funnel.GROUPINGS
        ],
        "bars": _bars(asked, found),
        "stages": found.stages,
        "total": _cell(asked, _sum(found.by_stage.values()), "", None),
        "rows": [_row(asked, found.stages, group) for group in found.groups],
        "has_any": any(figure.count for figure in found.by_stage.values()),
        "without_state": _without_state(found),
        "unit": company.current().currency,
    }
    return render(request, "sales/funnel.html", context)


@signed_in
def funnel_records(request: PageRequest) -> HttpResponse:
    """`/funnel/records/?…&stage=3&group=7`: the opportunities behind one figure."""
    _open(request)
    asked = _asked(request.GET)
    entity = registry.get("opportunities")
    rows = funnel.opportunities(request.actor, asked.pipeline.pk, asked.day)
    stage = _stage(asked, request.GET.get("stage", ""))
    group = _number(request.GET.get("group", ""))
    if stage is not None:
        rows = rows.filter(state_then=stage.pk)
    if group is not None:
        rows = funnel.members(asked.grouping, group, rows)
    query = ListQuery.make(entity, request.actor, columns=COLUMNS, size=PAGE_SIZE)
    total = rows.count()
    pages = max(-(-total // PAGE_SIZE), 1)
    number = min(max(_number(request.GET.get("page", "")) or 1, 1), pages)
    chosen = rows.order_by("-amount_base", "-pk")[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    loaded = chosen.only(*columns_to_load(entity, query.columns))
    page = ListPage(
        query=query,
        rows=build_rows(request.actor, entity, query.columns, list(loaded)),
        total=Total(total, exact=True),
        page=number,
        page_count=pages,
        next_cursor="",
        previous_cursor="",
        totals={},
    )
    more = {name: request.GET[name] for name in ("stage", "group") if name in request.GET}
    context = {
        "title": _("%(stage)s on %(day)s") % {"stage": stage.name if stage else _("All stages"), "day": asked.day},
        "table": make_table(entity, page),
        "page": page,
        "back": asked.link(),
        "is_past": asked.day < company.today(),
        "previous_url": asked.link("/funnel/records/", **more, page=number - 1) if number > 1 else "",
        "next_url": asked.link("/funnel/records/", **more, page=number + 1) if number < pages else "",
        "summary": ngettext("%(count)d opportunity", "%(count)d opportunities", total) % {"count": total},
    }
    return render(request, "sales/funnel_records.html", context)


def _open(request: PageRequest) -> None:
    if not modules.is_on("sales"):
        raise Http404
    if request.actor.access.reach("opportunities", "view") is None:
        raise NotAllowed(_("Your roles do not let you see opportunities. Ask an administrator."))


def _asked(given: QueryDict) -> Asked:
    known = {each.pk: each for each in rules.pipelines.get().pipelines}
    if not known:
        raise Http404
    mistakes: list[str] = []
    pipeline = known.get(_number(given.get("pipeline", "")) or 0) or next(iter(known.values()))
    day = company.today()
    if given.get("on"):
        day = _day(given.get("on", ""), mistakes)
    by = given.get("by", "")
    grouping = funnel.Grouping(by) if by in set(funnel.Grouping) else funnel.Grouping.NONE
    return Asked(pipeline, day, grouping, " ".join(mistakes))


def _day(text: str, mistakes: list[str]) -> date:
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        mistakes.append(_("“%(text)s” is not a day. Write it as 2026-06-30; today is shown.") % {"text": text[:20]})
    elif found > company.today():
        mistakes.append(_("That day has not come yet; today is shown."))
        found = None
    return found or company.today()


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _stage(asked: Asked, text: str) -> Stage | None:
    wanted = _number(text)
    return next((each for each in rules.stages_of(asked.pipeline.pk) if each.pk == wanted), None)


def _sum(figures: Any) -> funnel.Figure:
    total = funnel.Figure()
    for figure in figures:
        total.add(figure.count, figure.amount)
    return total


def _amount(figure: funnel.Figure) -> str:
    return display.money(figure.amount, company.current().currency)


def _bars(asked: Asked, found: funnel.Funnel) -> list[dict[str, object]]:
    """One bar a stage; its length is the count against the largest."""
    largest = max((figure.count for figure in found.by_stage.values()), default=0) or 1
    return [
        {
            "label": stage.name,
            "width": round(FULL_WIDTH * found.by_stage[stage.pk].count / largest),
            "text": f"{found.by_stage[stage.pk].count:,}",
            "note": _amount(found.by_stage[stage.pk]),
            "url": asked.link("/funnel/records/", stage=stage.pk),
            "tone": "" if stage.status == "open" else stage.status,
        }
        for stage in found.stages
    ]


def _cell(asked: Asked, figure: funnel.Figure, group: int | str, stage: int | None) -> dict[str, str]:
    more: dict[str, object] = {} if group == "" else {"group": group}
    if stage is not None:
        more["stage"] = stage
    return {
        "count": f"{figure.count:,}" if figure.count else "",
        "amount": _amount(figure) if figure.count else "",
        "url": asked.link("/funnel/records/", **more) if figure.count else "",
    }


def _row(asked: Asked, stages: list[Stage], group: funnel.Group) -> dict[str, object]:
    empty = funnel.Figure()
    return {
        "label": sentence_start(group.label),
        "cells": [_cell(asked, group.by_stage.get(stage.pk, empty), group.key, stage.pk) for stage in stages],
        "total": _cell(asked, group.total, group.key, None),
    }


def _without_state(found: funnel.Funnel) -> str:
    if not found.without_state:
        return ""
    return ngettext(
        "%(count)d opportunity had no dated stage on that day and is not counted.",
        "%(count)d opportunities had no dated stage on that day and are not counted.",
        found.without_state,
    ) % {"count": found.without_state}
