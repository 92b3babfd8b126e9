"""Where the columns of a new file probably go: as the same headings went before, by their names, by what stands in them."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from zhike.core import company
from zhike.core.actors import Actor
from zhike.core.entities import Entity, FieldKind
from zhike.core.transfer import offers
from zhike.core.transfer.cells import NotKnown, choices_of
from zhike.core.transfer.looking import known_labels
from zhike.core.transfer.outcomes import given_back_columns
from zhike.core.transfer.suggest import folded
from zhike.core.transfer.tables import Table
from zhike.core.transfer.values import NotUnderstood, to_date

_SAMPLED = 200
# Of the values sampled, so many must be what the field holds.
_SHARE = 0.6
_LEAST = 3
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_MOBILE = re.compile(r"(?:\+?86)?1[3-9][0-9]{9}")
_PHONE = re.compile(r"\+?[0-9()]{7,20}")
_URL = re.compile(r"https?://\S+|www\.\S+")


def proposal(actor: Actor, entity: Entity, table: Table) -> dict[str, str]:
    """Target to heading, as they are probably meant."""
    samples = _samples(table)
    guessed = offers.guessed(actor, entity, table.columns)
    if any("@" in target and _lies_ahead(samples[heading]) for target, heading in guessed.items()):
        # A day that is still to come is when something is expected, not since when it has been so.
        guessed = offers.guessed(actor, entity, table.columns, days=False)
    ours = given_back_columns()
    guessed = {target: heading for target, heading in guessed.items() if heading not in ours}
    left = [heading for heading in table.columns if heading not in guessed.values() and heading not in ours]
    return guessed | _by_content(actor, entity, guessed, {heading: samples[heading] for heading in left})


def _samples(table: Table) -> dict[str, list[str]]:
    rows = list(islice(table.rows(), _SAMPLED))
    return {
        heading: [text for row in rows if (text := str(row.cells[place]).strip())]
        for place, heading in enumerate(table.columns)
    }


def _lies_ahead(values: Sequence[str]) -> bool:
    today = company.today()
    for value in values:
        try:
            day = to_date(value, zone=company.zone())
        except NotUnderstood:
            continue
        if day is not None and day > today:
            return True
    return False


def _by_content(
    actor: Actor, entity: Entity, guessed: Mapping[str, str], samples: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Fields of the entity that nothing goes to yet, for columns whose values fit them and no other."""
    found: dict[str, str] = {}
    free = [choice.name for choice in offers.groups(actor, entity)[0].choices if choice.name not in guessed]
    for heading, values in samples.items():
        if len(values) < _LEAST:
            continue
        fitting = [name for name in free if name not in found and _fits(actor, entity, name, values)]
        if len(fitting) == 1:
            found[fitting[0]] = heading
    return found


def _fits(actor: Actor, entity: Entity, name: str, values: Sequence[str]) -> bool:
    if "@" in name or not entity.has_field(name):
        return False
    field = entity.field(name)
    if field.kind is FieldKind.EMAIL:
        return _share(values, lambda text: bool(_EMAIL.fullmatch(text)))
    if field.kind is FieldKind.PHONE:
        mobiles = _share(values, lambda text: bool(_MOBILE.fullmatch(re.sub(r"[\s-]", "", text))))
        phones = _share(values, lambda text: bool(_PHONE.fullmatch(re.sub(r"[\s-]", "", text))))
        return mobiles if name == "mobile" else phones and not mobiles
    if field.kind is FieldKind.URL:
        return _share(values, lambda text: bool(_URL.fullmatch(text)))
    if field.kind in (FieldKind.CHOICE, FieldKind.OPTION):
        known = choices_of(field)
        return _share(values, lambda text: _is_known(known.read, text))
    if field.kind is FieldKind.RELATION and field.related is not entity.model:
        labels = {folded(label) for label in known_labels(actor, entity, name)}
        return _share(values, lambda text: folded(text) in labels)
    return False


def _share(values: Sequence[str], fits: Callable[[str], bool]) -> bool:
    return sum(1 for value in values if fits(value)) >= _SHARE * len(values)


def _is_known(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except NotKnown:
        return False
    return True
