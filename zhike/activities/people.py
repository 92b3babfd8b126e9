"""Colleagues offered while somebody types: found by name, pinyin or username, those first who may open the record."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Case, Value, When
from django.utils.translation import gettext as _

from zhike.core.actors import Actor, Via
from zhike.core.scoping.scope import scope
from zhike.core.timeline import Subject
from zhike.identity.models import User

OFFERED = 8
# Of so many that fit best it is asked whether they reach the record, so that the statement stays short.
_CONSIDERED = 24
_LONGEST = 60


class Offered(NamedTuple):
    """One person to name: what is written behind the @, what he is called, and what tells him apart."""

    written: str
    label: str
    note: str


class _Person(NamedTuple):
    pk: int
    full_name: str
    username: str
    key: str
    department: str
    department_id: int | None


class Fitting(NamedTuple):
    """One colleague to choose; the note says in which department he is, or that he cannot open the record."""

    pk: int
    label: str
    note: str


def fitting_people(actor: Actor, subject: Subject | None, typed: str, *, limit: int) -> list[Fitting]:
    """Colleagues who fit what was typed; with nothing typed the others, those of the own department first."""
    wanted = typed.strip().casefold()[:_LONGEST]
    fitting = [
        (
            rank,
            bool(wanted) or person.department_id not in actor.access.department_ids,
            person.pk == actor.user_id,
            person.key,
            person,
        )
        for person in _staff()
        if (wanted or person.pk != actor.user_id) and (rank := _rank(person, wanted)) is not None
    ]
    considered = [person for *_order, person in sorted(fitting)[: max(limit, _CONSIDERED)]]
    reaching = None if subject is None else _reaching(subject, [person.pk for person in considered])
    is_out = {person.pk: reaching is not None and person.pk not in reaching for person in considered}
    chosen = sorted(considered, key=lambda person: is_out[person.pk])[:limit]
    return [
        Fitting(
            person.pk,
            person.full_name or person.username,
            _("cannot see this record") if is_out[person.pk] else person.department,
        )
        for person in chosen
    ]


def people(actor: Actor, subject: Subject, typed: str) -> list[Offered]:
    """At most eight colleagues whose name, pinyin, initials or username fit what was typed, without the one who types.

    Who cannot open the record is not told of a mention: such people come last, and the note says so.
    """
    wanted = typed.strip().casefold()[:_LONGEST]
    staff = _staff()
    fitting = [
        (rank, person.key, person)
        for person in staff
        if person.pk != actor.user_id and (rank := _rank(person, wanted)) is not None
    ]
    considered = [person for _rank, _key, person in sorted(fitting)[:_CONSIDERED]]
    reaching = _reaching(subject, [person.pk for person in considered])
    chosen = sorted(considered, key=lambda person: person.pk not in reaching)[:OFFERED]
    names = Counter(name.casefold() for person in staff for name in {person.full_name, person.username})
    return [_offered(person, names, reaches=person.pk in reaching) for person in chosen]


def _staff() -> list[_Person]:
    """Those whom `mentions` finds. A company's people are few and their names short: what fits is compared here."""
    found = User.objects.filter(kind=User.Kind.STAFF, state=User.State.ACTIVE)
    names = found.values_list("pk", "full_name", "username", "full_name_key", "department__name", "department")
    return [_Person(pk, full, username, key, name or "", belongs) for pk, full, username, key, name, belongs in names]


def _rank(person: _Person, wanted: str) -> int | None:
    """How well a person fits: 0 best, None not at all."""
    name, syllables = person.full_name.casefold(), person.key.split()
    tries = (
        name.startswith(wanted),
        person.username.startswith(wanted),
        "".join(syllables).startswith(wanted),
        "".join(each[0] for each in syllables).startswith(wanted),
        wanted in name,
    )
    return next((rank for rank, fits in enumerate(tries) if fits), None)


def _reaching(subject: Subject, ids: Iterable[int]) -> set[int]:
    """Which of these people may open the record, by one statement for all of them."""
    found = User.objects.in_bulk(list(ids))
    conditions = {f"reached_{pk}": _reached_by(subject, person) for pk, person in found.items()}
    if not conditions:
        return set()
    rows = subject.entity.model._default_manager.filter(pk=subject.row.pk).annotate(**conditions)
    answers = rows.values(*conditions).first() or {}
    return {pk for pk in found if answers.get(f"reached_{pk}")}


def _reached_by(subject: Subject, person: Any) -> Case | Value:
    condition = scope(Actor.of(person, Via.PAGE), subject.entity, "view")
    return Case(When(condition, then=Value(True)), default=Value(False)) if condition else Value(True)


def _offered(person: _Person, names: Mapping[str, int], *, reaches: bool) -> Offered:
    is_plain = bool(person.full_name) and not any(sign.isspace() or sign == "@" for sign in person.full_name)
    is_unique = names[person.full_name.casefold()] == 1
    written = person.full_name if is_plain and is_unique and len(person.full_name) <= _LONGEST else person.username
    known = [person.username if written == person.username != person.full_name else "", person.department]
    note = " · ".join(filter(None, known)) if reaches else _("cannot see this record")
    return Offered(written, person.full_name or person.username, note)
