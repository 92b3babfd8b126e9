"""Who can see a record, and why: in words that a person without knowledge of roles understands."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhike.core.actors import Access, Actor, Reach, Via
from zhike.core.entities import Entity, RecordKind, registry
from zhike.core.pages.guards import may, open_entity, reached, signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.titles import list_address, record_address, title_of
from zhike.core.pages.words import join_words, sentence_start
from zhike.core.record_keys import by_entity
from zhike.core.scoping.scope import anchor_entity
from zhike.core.scoping.team import TeamMember, team_of


@dataclass(frozen=True)
class Viewer:
    """One person who reaches the record."""

    name: str
    department: str
    may_edit: bool
    reasons: list[str] = field(default_factory=list)


# Owner and department.
_Owned = tuple[int | None, int | None]


@signed_in
def access_page(request: PageRequest, slug: str, pk: int) -> HttpResponse:
    """`/customers/42/access/`"""
    entity = open_entity(request.actor, slug)
    row = reached(request.actor, entity, pk)
    context = {
        "entity": entity,
        "title": _("Who can see “%(title)s”, and why") % {"title": title_of(entity, row)},
        "record_title": title_of(entity, row),
        "address": record_address(entity, pk),
        "list_address": list_address(entity),
        "list_title": sentence_start(entity.label_plural),
        "rule": _rule(entity, row),
        "viewers": viewers_of(entity, row),
        "may_edit": may(request.actor, entity, row, "edit"),
    }
    return render(request, "core/who_sees.html", context)


def viewers_of(entity: Entity, row: Any) -> list[Viewer]:
    """Everybody who works here and reaches the record, with every reason."""
    reaches = _reaches_of(entity, row)
    team = {member.user_id: member for member in _team(entity, row)}
    people = get_user_model()._default_manager.select_related("department").order_by("pk")
    found: list[Viewer] = []
    for person in people:
        actor = Actor.of(person, Via.PAGE)
        reach = actor.access.reach(entity.slug, "view")
        if reach is None:
            continue
        if getattr(row, "is_private", False) and person.pk != row.owner_id:
            continue
        reasons = list(_reasons(entity, actor.access, reach, person.pk, reaches))
        if person.pk in team and entity.kind is not RecordKind.SHARED:
            reasons.append(_team_reason(team[person.pk]))
        if reasons:
            department = getattr(person, "department", None)
            name = str(person)
            found.append(Viewer(name, str(department or ""), may(actor, entity, row, "edit"), reasons))
    return found


def _reasons(entity: Entity, access: Access, reach: Reach, person_id: int, reaches: list[_Owned]) -> Iterable[str]:
    if entity.kind is RecordKind.SHARED:
        yield _("everybody with the right to view sees all of these")
        return
    if reach.everything:
        yield _("a role lets this person see everything of this kind")
    if not any(owner_id or department_id for owner_id, department_id in reaches):
        yield _("it has neither owner nor department")
    for number, (owner_id, department_id) in enumerate(reaches):
        said = list(_by_place(access, reach, person_id, owner_id, department_id))
        yield from said if not number else (_("of the record it is about: %(why)s") % {"why": why} for why in said)


def _by_place(
    access: Access, reach: Reach, person_id: int, owner_id: int | None, department_id: int | None
) -> Iterable[str]:
    if owner_id is not None and owner_id == person_id:
        yield _("owns it")
    elif owner_id is not None and owner_id in reach.owners:
        subordinate = owner_id in access.subordinate_ids
        yield _("its owner is a subordinate") if subordinate else _("a role reaches its owner's records")
    if department_id is not None and department_id in reach.departments:
        own = department_id in access.department_ids
        yield _("works in its department") if own else _("a role reaches its department")


def _reaches_of(entity: Entity, row: Any) -> list[_Owned]:
    """Owner and department by which the row is reached; an attached row also by those of the record it is about."""
    match entity.kind:
        case RecordKind.PART:
            return [(row.reach_owner_id, row.reach_department_id)]
        case RecordKind.OWNED:
            return [(row.owner_id, row.department_id)]
        case RecordKind.ATTACHED:
            return [(row.owner_id, row.department_id), (row.reach_owner_id, row.reach_department_id)]
        case _:
            return []


def _team(entity: Entity, row: Any) -> Iterable[TeamMember]:
    if entity.kind is RecordKind.ATTACHED:
        for slug, ids in by_entity([row.anchor]).items():
            return team_of(slug, ids.pop())
        return ()
    if entity.kind is RecordKind.PART:
        return team_of(anchor_entity(entity).slug, getattr(row, f"{entity.part_of}_id"))
    return team_of(entity.slug, row.pk)


def _team_reason(member: TeamMember) -> str:
    level = member.get_level_display()
    known = {
        "manual": _("it was shared with this person"),
        "previous_owner": _("owned it before and may still read it"),
    }
    said = known.get(member.reason) or _("owns one of its records: %(record)s") % {
        "record": _kind_of_record(member.reason)
    }
    return f"{said} ({level})"


def _kind_of_record(reason: str) -> str:
    """A reason that is no word of the platform names the kind of record that put the person there ("opportunity")."""
    return next((str(each.label) for each in registry.all() if each.model._meta.model_name == reason), reason)


def _rule(entity: Entity, row: Any) -> str:
    """The one sentence that decides for this record."""
    if entity.kind is RecordKind.SHARED:
        return _("Records of this kind are seen whole by everyone whose roles include viewing them.")
    if entity.kind is RecordKind.ATTACHED:
        return _attached_rule(row)
    owner = getattr(row, "reach_owner" if entity.kind is RecordKind.PART else "owner")
    department = getattr(row, "reach_department" if entity.kind is RecordKind.PART else "department")
    if owner is None and department is None:
        return _("It has neither owner nor department, so everyone whose roles include viewing sees it.")
    parts = [
        *([_("owner: %(name)s") % {"name": owner}] if owner is not None else []),
        *([_("department: %(name)s") % {"name": department}] if department is not None else []),
    ]
    if entity.kind is RecordKind.PART:
        return _("It is seen like the record it belongs to (%(reach)s), and by that record's team.") % {
            "reach": join_words(parts)
        }
    return _("It is seen by those whose roles reach its owner or department (%(reach)s), and by its team.") % {
        "reach": join_words(parts)
    }


def _attached_rule(row: Any) -> str:
    if getattr(row, "is_private", False):
        return _("It is private: only its owner sees it.")
    if not row.about:
        return _("It is about no record, so it is seen by those whose roles reach its owner or department.")
    return _("It is seen by those whose roles reach its owner, and by all who reach the record it is about.")
