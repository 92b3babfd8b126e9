"""People offered as participants of an activity: the customer's contacts, then colleagues, then any contact within reach."""

from django.db.models import Q

from zhike.activities import participation
from zhike.activities.people import fitting_people
from zhike.core import attachment, record_keys
from zhike.core.actors import Actor
from zhike.core.entities import contribute, registry
from zhike.core.lists.labels import related_labels
from zhike.core.pages.candidates import OFFERED, Candidate, candidates
from zhike.core.record_choices import RecordChoices
from zhike.core.timeline import Subject
from zhike.core.writes.errors import NotReachable

COLLEAGUES = 20
_FEWER = 8


def offer(actor: Actor, about: str, typed: str) -> list[Candidate]:
    """Those who fit what was typed, around the record with the key `about`. Of colleagues the note says who cannot open it."""
    subject = _subject(actor, about)
    party = None if subject is None else attachment.party_of(subject.entity, subject.row)
    found = _contacts(actor, party, typed)
    found += _colleagues(actor, subject, typed)
    if typed.strip():
        known = {each.id for each in found}
        found += [each for each in _any_contacts(actor, typed) if each.id not in known]
    return found


def _subject(actor: Actor, about: str) -> Subject | None:
    try:
        row = record_keys.find(actor, about) if about else None
    except NotReachable:
        row = None
    return None if row is None else Subject(registry.of(row), row)


def _contacts(actor: Actor, party: int | None, typed: str) -> list[Candidate]:
    found: list[Candidate] = []
    for kind in participation.kinds() if party is not None else ():
        entity = registry.get(kind.slug)
        within = Q(**{entity.party: party})
        rows = candidates(actor, entity, typed, within=within, limit=OFFERED).rows
        notes = _notes(entity.model, kind.note, [each.id for each in rows])
        found += [Candidate(f"{kind.slug}:{each.id}", each.label, notes.get(each.id, "")) for each in rows]
    return found


def _notes(model: type, name: str, ids: list[int | str]) -> dict[int | str, str]:
    if not name or not ids:
        return {}
    return dict(model._default_manager.filter(pk__in=ids).values_list("pk", name))  # type: ignore[attr-defined]  # a model


def _colleagues(actor: Actor, subject: Subject | None, typed: str) -> list[Candidate]:
    limit = _FEWER if typed.strip() else COLLEAGUES
    people = fitting_people(actor, subject, typed, limit=limit)
    return [Candidate(f"{participation.USERS}:{each.pk}", each.label, each.note) for each in people]


def _any_contacts(actor: Actor, typed: str) -> list[Candidate]:
    """Contacts of other customers, told apart by them."""
    found: list[Candidate] = []
    for kind in participation.kinds():
        entity = registry.get(kind.slug)
        rows = candidates(actor, entity, typed, limit=_FEWER).rows
        party = entity.field(entity.party)
        among = entity.model._default_manager.filter(pk__in=[each.id for each in rows])
        ids = dict(among.values_list("pk", party.attname))
        names = {} if party.related is None else related_labels(actor, party.related, {*ids.values()} - {None})
        for each in rows:
            related = names.get(ids.get(each.id) or 0)
            found.append(Candidate(f"{kind.slug}:{each.id}", each.label, related.label if related else ""))
    return found


contribute(RecordChoices(slug="activities", field="people", beside="about", offer=offer))
