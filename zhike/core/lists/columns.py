"""The columns of a list: which a reader may choose, and what has to be read for them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhike.core import layouts, options
from zhike.core.actors import Actor, FieldMode
from zhike.core.conditions import may_filter
from zhike.core.entities import Entity, Field, FieldKind
from zhike.core.entities.fields import TAGS, Label
from zhike.core.lists.errors import ListError

_NUMBERS = frozenset({FieldKind.INTEGER, FieldKind.DECIMAL, FieldKind.PERCENT, FieldKind.MONEY})
MAX_COLUMNS = 400


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column as this reader sees it."""

    name: str
    field: Field
    sortable: bool
    masked: bool

    @property
    def label(self) -> Label:
        return self.field.label

    @property
    def kind(self) -> FieldKind:
        return self.field.kind

    @property
    def is_number(self) -> bool:
        """Whether it stands on the right and has a total."""
        return self.field.kind in _NUMBERS


def available(entity: Entity, actor: Actor) -> tuple[Column, ...]:
    """Every column that the reader may choose."""
    found = (_column(entity, name, actor) for name in layouts.readable(entity))
    return tuple(each for each in found if each is not None)


def shown_first(entity: Entity, actor: Actor) -> tuple[Column, ...]:
    """The columns of a list nobody has arranged; tags are among them once the company has some."""
    names = [name for name in entity.columns if "." not in name and not layouts.is_hidden(entity, name)]
    if entity.is_tagged and options.entries(TAGS):
        names.insert(1, TAGS)
    found = (_column(entity, name, actor) for name in names)
    return tuple(each for each in found if each is not None)


def choose(entity: Entity, actor: Actor, text: str) -> tuple[Column, ...]:
    """The columns named in `name,stage,amount`. Raises `ListError` for one that is unknown or hidden."""
    names = tuple(dict.fromkeys(name for name in text.split(",") if name))
    if not names:
        return shown_first(entity, actor)
    found = []
    readable = {*layouts.readable(entity), *entity.readable}  # what the company hides may still be asked for
    for name in names:
        column = _column(entity, name, actor) if name in readable else None
        if column is None or len(names) > MAX_COLUMNS:
            raise ListError(_("“%(name)s” is not a column of this list.") % {"name": name[:60]}, "columns")
        found.append(column)
    return tuple(found)


def _column(entity: Entity, name: str, actor: Actor) -> Column | None:
    mode = actor.access.field_mode(entity.slug, name)
    if mode is FieldMode.HIDDEN or not entity.has_field(name):
        return None
    field = entity.field(name)
    sortable = bool(field.sort_path) and may_filter(entity, field, actor)
    return Column(name=name, field=field, sortable=sortable, masked=mode is FieldMode.MASKED)
