"""What an app says about its part of the configuration."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from zhike.core.actors import Actor
from zhike.core.entities import Contribution, Label
from zhike.core.writes.errors import Refused

# The names that lead to one thing: ("source", "website").
Keys: TypeAlias = tuple[str, ...]


class Refusal(Refused):
    """What the file asks for cannot be; `below` names the property it is about."""

    def __init__(self, sentence: str, below: str = "") -> None:
        super().__init__(sentence, below)


class Skipped(Exception):
    """What the file asks for makes no sense here, and the rest does without it: it is left out, and the sentence says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, kw_only=True)
class Property:
    """One property of a thing. Left out of the file it has its `default`; a required one must stand there.

    `column` is the attribute of the row that holds it, where that goes by another name; see `configfile.rows`.
    """

    kind: type
    default: Any = None
    required: bool = False
    column: str = ""


@dataclass(frozen=True, kw_only=True)
class ConfigSection(Contribution):
    """One part of the file: things under `depth` names, each with these properties (or, without any, a plain `kind`).

    - `read()` gives every thing by its names, whole and with all properties;
    - `write(actor, names, thing)` makes or changes one, by the same actions as the settings, and refuses with a sentence
      (or raises `Skipped` for what only other companies have);
    - `finish(actor, names, thing)` does what needs every part of the file to be there (a condition that names other fields);
    - `remove(actor, names)` takes one away that the file does not name; without it things of this part only come and change.

    What a file says of one thing it says whole: a property left out has its default. `right` is what changing it needs.
    """

    name: str
    label: Label
    right: str
    depth: int
    read: Callable[[], Mapping[Keys, Any]]
    write: Callable[[Actor, Keys, Any], None]
    finish: Callable[[Actor, Keys, Any], None] | None = None
    remove: Callable[[Actor, Keys], None] | None = None
    properties: Mapping[str, Property] = field(default_factory=dict)
    kind: type = dict
    # Things of the installation that cannot stand in the file, in sentences.
    left_out: Callable[[], list[str]] | None = None
    weight: int = 100
