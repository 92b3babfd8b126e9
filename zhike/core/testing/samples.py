"""What tests know of each entity: how to make a valid row of it, and what people and programmes send to make one.

Every app registers a `Sample` per entity in its `factories.py`; an entity without one fails the battery. Texts a sample leaves
out are filled with the row's mark, so that no field of a row that is not one's own can leak unnoticed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from typing import Any

from django.apps import apps
from django.db import models

from zhike.core import company, writes
from zhike.core.actors import Actor
from zhike.core.entities import Entity, Field, FieldKind, registry

# Stands in every text beside the mark; tests search for it.
NEEDLE = "zebrafish"
# The mark of a row that is nobody's secret: the product of a line, the pipeline of a stage.
PLAIN = "plain"
# Shorter texts are codes, which a sample gives itself.
_ROOM = 24
_serial = count(1)
Values = Mapping[str, Any]


def serial() -> int:
    """A number that no other row of this process has."""
    return next(_serial)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One entity in tests.

    - `values(owner, mark)`: the fields that a text does not fill: field name to value, rows for relations. Called anew per row.
    - `change`: a text field that anybody with the right may change; `other` a second one, for two people at once.
    - `verbs`: verb name to what its form asks, from (row, another person); those that ask nothing are left out.
    """

    slug: str
    values: Callable[[Any, str], Values]
    change: str
    other: str
    verbs: Mapping[str, Callable[[Any, Any], Mapping[str, Any]]] = field(default_factory=dict)


_samples: dict[str, Sample] = {}


def register(*samples: Sample) -> None:
    for sample in samples:
        _samples[sample.slug] = sample


def load() -> None:
    """Import the factories of every app that has them."""
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.factories") is not None:
            import_module(f"{config.name}.factories")


def sample(slug: str) -> Sample:
    """The sample of an entity. Raises `LookupError` with what to do."""
    load()
    if slug not in _samples:
        raise LookupError(f"The entity {slug} has no Sample. Register one in the factories.py of its app.")
    return _samples[slug]


def values(slug: str, owner: Any, mark: str) -> dict[str, Any]:
    """Everything a row of that owner has, with `mark` in each of its texts; what it points at is made along with it."""
    entity = registry.get(slug)
    given = dict(sample(slug).values(owner, mark))
    texts = {name: _text(entity.field(name), mark) for name in entity.fields if name not in given}
    return {name: text for name, text in texts.items() if text} | given


def _text(described: Field, mark: str) -> str:
    if not described.editable or (described.max_length or _ROOM) < _ROOM:
        return ""
    text = {
        FieldKind.TEXT: f"{mark} {NEEDLE}",
        FieldKind.LONG_TEXT: f"{mark} {NEEDLE}\n{mark}",
        FieldKind.EMAIL: f"{mark}@{NEEDLE}.example",
        FieldKind.URL: f"https://{mark}.example/{NEEDLE}",
        FieldKind.NUMBER: f"{mark}",
    }.get(described.kind, "")
    return text[: described.max_length]


def make(slug: str, owner: Any, mark: str) -> Any:
    """A stored row, written by the system as everything is written."""
    return writes.create(Actor.system(), registry.get(slug).model(**values(slug, owner, mark)))


def make_many(slug: str, owner: Any, marks: Iterable[str]) -> list[Any]:
    """The same for many rows in one batch."""
    rows = [registry.get(slug).model(**values(slug, owner, mark)) for mark in marks]
    writes.create_many(Actor.system(), rows)
    return rows


def of_row(row: models.Model) -> dict[str, Any]:
    """The present values of a row that a person may edit."""
    entity = registry.of(row)
    wanted = [entity.field(name) for name in entity.fields if entity.field(name).editable]
    return {column: getattr(row, column) for each in wanted for column in each.columns}


def typed(entity: Entity, given: Values) -> dict[str, str]:
    """Values as a browser sends them: a box not ticked is not sent."""
    sent: dict[str, str] = {}
    for name, value in given.items():
        if value is True:
            sent[name] = "on"
        elif isinstance(value, list):
            sent[name] = ", ".join(map(str, value))
        elif value is not False:
            sent[name] = _typed(value)
    return {name: text for name, text in sent.items() if name in entity.fields or entity.has_field(name)}


def _typed(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(company.zone()).strftime("%Y-%m-%dT%H:%M")  # as a `datetime-local` input has it
    return "" if value is None else str(value.pk if isinstance(value, models.Model) else value)


def answers(sample: Sample, verb: str, row: Any, person: Any) -> Values:
    """What the verb's form asks."""
    return sample.verbs[verb](row, person) if verb in sample.verbs else {}


def typed_answers(sample: Sample, verb: str, row: Any, person: Any) -> dict[str, Any]:
    """The same as a browser sends it."""
    return {
        name: [str(each) for each in value] if isinstance(value, list) else _typed(value)
        for name, value in answers(sample, verb, row, person).items()
    }


def sent(given: Values) -> dict[str, Any]:
    """Values as a programme sends them in JSON."""
    return {name: _json(value) for name, value in given.items()}


def _json(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
