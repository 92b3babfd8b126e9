"""The funnel: how many opportunities stand in each stage and what they are worth, today or at the end of any past day.

Amounts are base amounts in company currency as they stand today: a past day shows what those opportunities are worth now.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core import company, overlay
from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.core.history.asof import with_state_as_of
from zhike.identity import organisation
from zhike.identity.models import Department, User
from zhike.sales import rules
from zhike.sales.models import Opportunity, Stage


class Grouping(StrEnum):
    """What a funnel is split by."""

    NONE = "none"
    BRANCH = "branch"
    TEAM = "team"
    PERSON = "person"


GROUPINGS = (
    (Grouping.NONE, gettext_lazy("all together")),
    (Grouping.BRANCH, gettext_lazy("by branch")),
    (Grouping.TEAM, gettext_lazy("by team")),
    (Grouping.PERSON, gettext_lazy("by person")),
)


@dataclass
class Figure:
    """A count of opportunities and their worth in company currency."""

    count: int = 0
    amount: Decimal = Decimal(0)

    def add(self, count: int, amount: Decimal | None) -> None:
        self.count += count
        self.amount += amount or Decimal(0)


@dataclass
class Group:
    """One branch, team or person with its figures by stage id; `key` is 0 for opportunities without one."""

    key: int
    label: str
    by_stage: dict[int, Figure] = field(default_factory=dict)
    total: Figure = field(default_factory=Figure)


@dataclass(frozen=True)
class Funnel:
    """The answer: the stages in order, a figure for each, and the groups, largest first."""

    day: date
    stages: list[Stage]
    by_stage: dict[int, Figure]
    groups: list[Group]
    without_state: int  # reachable opportunities of the pipeline that had no dated stage then


def opportunities(actor: Actor, pipeline_id: int, day: date) -> QuerySet[Any]:
    """The reachable opportunities of a pipeline with `state_then`, the id of their stage at the end of `day`."""
    rows: QuerySet[Any] = Opportunity.objects.visible_to(actor).filter(pipeline_id=pipeline_id)
    if day >= company.today():
        present: QuerySet[Any] = rows.annotate(state_then=F("stage_id"))
        return present
    return with_state_as_of(rows, registry.of(Opportunity), "stage", day)


def read(actor: Actor, pipeline_id: int, day: date, grouping: Grouping) -> Funnel:
    """Count and add up, in one statement over owners and departments, then by the tree of the organisation."""
    rows = opportunities(actor, pipeline_id, day)
    counted = rows.order_by().values_list("state_then", "owner_id", "department_id")
    stages = rules.stages_of(pipeline_id)
    by_stage = {stage.pk: Figure() for stage in stages}
    groups: dict[int, Group] = {}
    for state, owner, department, count, amount in counted.annotate(n=Count("pk"), worth=Sum("amount_base")):
        stage_id = int(state)
        if stage_id not in by_stage:
            continue
        by_stage[stage_id].add(count, amount)
        if grouping is Grouping.NONE:
            continue
        key = key_of(grouping, owner, department)
        group = groups.setdefault(key, Group(key, ""))
        group.by_stage.setdefault(stage_id, Figure()).add(count, amount)
        group.total.add(count, amount)
    _name(grouping, groups.values())
    whole = Opportunity.objects.visible_to(actor).filter(pipeline_id=pipeline_id).count()
    shown = sum(figure.count for figure in by_stage.values())
    ordered = sorted(groups.values(), key=lambda group: (-group.total.amount, -group.total.count, group.label))
    return Funnel(day, stages, by_stage, ordered, whole - shown)


def key_of(grouping: Grouping, owner: int | None, department: int | None) -> int:
    """The id of the branch, superior or person that an opportunity counts for; 0 for none."""
    if grouping is Grouping.PERSON:
        return owner or 0
    if grouping is Grouping.TEAM:
        return team_of(owner)
    return _branches.get().of_department.get(department or 0, 0)


class _Branches:
    """Each department's branch: the nearest branch or headquarters above, else the top department."""

    def __init__(self) -> None:
        nodes = {pk: (parent, kind) for pk, parent, kind in Department.objects.values_list("pk", "parent_id", "kind")}
        self.of_department = {pk: self._climb(pk, nodes) for pk in nodes}

    def _climb(self, start: int, nodes: Mapping[int, tuple[int | None, str]]) -> int:
        here, seen = start, {start}
        while nodes[here][1] not in (Department.Kind.BRANCH, Department.Kind.HEADQUARTERS):
            above = nodes[here][0]
            if above is None or above in seen:
                break
            seen.add(above)
            here = above
        return here


_branches = overlay.Setting("branches", _Branches)


def team_of(owner: int | None) -> int:
    """A person's superior leads his team; who has none counts for his own."""
    people = organisation.current().people
    if owner is None or owner not in people:
        return 0
    return people[owner].superior_id or owner


def members(grouping: Grouping, key: int, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows that count for one group."""
    if grouping is Grouping.NONE:
        return rows
    pairs = rows.order_by().values_list("owner_id", "department_id").distinct()
    wanted = [(owner, department) for owner, department in pairs if key_of(grouping, owner, department) == key]
    if grouping is Grouping.BRANCH:
        found = {department for _owner, department in wanted}
        named = rows.filter(department_id__in=found - {None})
        return named | rows.filter(department_id__isnull=True) if None in found else named
    found = {owner for owner, _department in wanted}
    named = rows.filter(owner_id__in=found - {None})
    return named | rows.filter(owner_id__isnull=True) if None in found else named


def _name(grouping: Grouping, groups: Iterable[Group]) -> None:
    listed = list(groups)
    ids = {group.key for group in listed}
    names: dict[int, str] = {}
    if grouping is Grouping.BRANCH:
        names = dict(Department.objects.filter(pk__in=ids).values_list("pk", "name"))
    elif grouping is not Grouping.NONE:
        names = dict(User.objects.filter(pk__in=ids).values_list("pk", "full_name"))
    for group in listed:
        name = names.get(group.key, _("none"))
        group.label = _("%(person)s and team") % {"person": name} if grouping is Grouping.TEAM and group.key else name
