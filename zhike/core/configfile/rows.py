"""Things of a configuration file that are rows of a table: one reading and one writing of them for all parts of that shape."""

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any

from zhike.core.configfile.sections import Keys, Property


def read_rows(
    rows: Iterable[Any], names: tuple[str, ...], properties: Mapping[str, Property]
) -> dict[Keys, dict[str, Any]]:
    """The rows as things by their names: `names` are the attributes that name one ("pipeline.name" goes through a relation)."""
    return {
        tuple(str(attrgetter(name)(row)) for name in names): {
            name: _value(getattr(row, each.column or name), each) for name, each in properties.items()
        }
        for row in rows
    }


def columns_of(thing: Mapping[str, Any], properties: Mapping[str, Property]) -> dict[str, Any]:
    """What a thing of the file says, by the columns of its row."""
    return {each.column or name: thing[name] for name, each in properties.items()}


def _value(stored: Any, said: Property) -> Any:
    return said.default if stored is None else stored
