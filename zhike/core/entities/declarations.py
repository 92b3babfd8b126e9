"""What an app declares: an entity, its verbs and panels, and what it adds to menus, settings and the job runner. Data only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import lazy

from zhike.core.actors import Actor
from zhike.core.entities.fields import Field, Label, describe_field, is_custom
from zhike.core.entities.kinds import FieldKind, RecordKind
from zhike.core.entities.verb_forms import VerbForm
from zhike.core.entities.views import Board, Calendar, EntityView

if TYPE_CHECKING:
    from zhike.core.writes.results import Written

# A rule of one entity: sets what follows from other fields of `written.row`, refuses what must not be (`written.touched` names
# the fields that differ from the stored row). Called in the transaction, before every single, bulk or imported write.
Prepare = Callable[[Actor, "Written"], None]
# Whether this person can change a record by hand at all in its present state, so that nobody is offered what the rule refuses.
EditsWhen = Callable[[Actor, Any], bool]
# What a write entails elsewhere (copied reach, record teams, stored figures), for a whole batch at once.
Settle = Callable[[Actor, Sequence["Written"]], None]


@dataclass(frozen=True, kw_only=True)
class Verb:
    """A business change with a name: `run(actor, record, **cleaned_form) -> record`.

    `right` is the action a role must grant (the verb's name by default); `when` says whether it makes sense for this record;
    `gives_away` lets the actor lose sight of the record by it. A verb with `form_class` asks before it runs; one that is weighty
    (`confirm`) is never run by a mere gesture, such as a drop on a board: its form is shown first, even with nothing missing.
    `made` says which records came of it (name → id): the API answers them beside the record.
    """

    name: str
    run: Callable[..., Any]
    label: Label
    form_class: type[VerbForm] | None = None
    right: str = ""
    when: Callable[[Any], bool] | None = None
    bulk: bool = False
    primary: bool = False
    gives_away: bool = False
    confirm: bool = False
    icon: str = ""
    weight: int = 100
    module: str = ""
    made: Callable[[Actor, Any], Mapping[str, int | None]] | None = None

    @property
    def action(self) -> str:
        return self.right or self.name

    def fits(self, record: Any) -> bool:
        return self.when is None or self.when(record)


@dataclass(frozen=True, kw_only=True)
class RelatedList:
    """A panel of the records of entity `slug` whose field `via` points at the record shown."""

    name: str
    label: Label
    slug: str
    via: str
    columns: tuple[str, ...]
    weight: int = 100
    module: str = ""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A panel of its own: `template` rendered with what `provide(actor, record)` returns, which must read through `visible_to`."""

    name: str
    label: Label
    template: str
    provide: Callable[[Actor, Any], Mapping[str, object]]
    weight: int = 100
    module: str = ""


@dataclass(frozen=True, kw_only=True)
class Relation:
    """Many rows seen from one, for conditions: the rows of entity `slug` whose field `via` points here."""

    name: str
    label: Label
    slug: str
    via: str


@dataclass(frozen=True, kw_only=True)
class Entity:
    """One kind of record, declared once; from it come pages, API, import, export, search, rights, audit and tests.

    - `fields`: what people fill in, in form order; `columns`: what a list shows at first; `filters`: what may be filtered,
      sorted and named in conditions besides title and number.
    - `search`: field name to weight; `history`: fields whose states are kept with business dates, of which
      `history_at_creation` also note the state a record begins in;
      `derived`: columns written by machinery, which neither count as a change nor make an event.
    - `part_of`: for a part, the field that names its anchor; `party`: the field that names whose timeline its events
      belong to ("id": its own).
    - `title`: the field that stands for the record; `number`: its document number, when it has one.
    - `summary`: fields shown large at the head of its page.
    - `purpose` and `example`: what an empty list says these records are for, and one of them.
    """

    model: type[models.Model]
    slug: str
    module: str
    icon: str
    fields: tuple[str, ...]
    columns: tuple[str, ...]
    filters: tuple[str, ...] = ()
    search: Mapping[str, int] = field(default_factory=dict)
    history: tuple[str, ...] = ()
    history_at_creation: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    part_of: str = ""
    party: str = ""
    title: str = "name"
    number: str = ""
    purpose: Label = ""
    example: Label = ""
    ordering: tuple[str, ...] = ()
    header_facts: tuple[str, ...] = ()
    verbs: tuple[Verb, ...] = ()
    panels: tuple[Panel | RelatedList, ...] = ()
    relations: tuple[Relation, ...] = ()
    prepare: Prepare | None = None
    settle: Settle | None = None
    # Of attached records: what a row must meet beside being reached.
    guard: Callable[[Actor], models.Q] | None = None
    edits_when: EditsWhen | None = None
    external: bool = False
    form_class: type[forms.BaseForm] | None = None
    # Other ways to look at its list: at most one board and one calendar.
    views: tuple[EntityView, ...] = ()
    # Whether tasks, comments and files may be about its records.
    attachable: bool = True
    # Whether its records carry the company's tags. A migration makes the field: `core.migrations._tags.add_tags`.
    is_tagged: bool = False
    # Its rows are made on a page of their own (an upload), not by the platform's form; the right to create stands all the same.
    is_uploaded: bool = False
    # Actions of the platform that this entity does not offer (a stage is not imported, a user is not deleted).
    without: frozenset[str] = frozenset()

    @cached_property
    def board(self) -> Board | None:
        return next((each for each in self.views if isinstance(each, Board)), None)

    @cached_property
    def calendar(self) -> Calendar | None:
        return next((each for each in self.views if isinstance(each, Calendar)), None)

    @property
    def kind(self) -> RecordKind:
        return getattr(self.model, "record_kind", RecordKind.SHARED)

    @cached_property
    def label(self) -> Label:
        """What one record is called, as the company has it."""
        return _renamed(self.slug, self.model._meta.verbose_name or self.slug, many=False)

    @cached_property
    def label_plural(self) -> Label:
        return _renamed(self.slug, self.model._meta.verbose_name_plural or self.slug, many=True)

    @cached_property
    def _fields(self) -> dict[str, Field]:
        described: dict[str, Field] = {}
        for each in self.model._meta.fields:
            try:
                found = describe_field(self.model, each.name)
            except TypeError:
                continue  # a column no person ever sees (a UUID of a deletion); naming it in a declaration fails the checks
            described[each.name] = replace(
                found,
                label=_relabelled(self.slug, each.name, found.label),
                help_text=_relabelled(self.slug, each.name, found.help_text, is_help=True),
            )
        return described

    def field(self, name: str) -> Field:
        """The field of that name, a column or a custom one. Raises `KeyError` when there is none a person could see."""
        return self._custom()[name] if is_custom(name) else self._fields[name]

    def has_field(self, name: str) -> bool:
        return name in (self._custom() if is_custom(name) else self._fields)

    def _custom(self) -> Mapping[str, Field]:
        from zhike.core.customfields.config import custom_fields

        return custom_fields(self.slug)

    def may_name(self, name: str) -> bool:
        """Whether filters and conditions may name that field of its own."""
        if is_custom(name):
            custom = self._custom()[name].custom if name in self._custom() else None
            return custom is not None and custom.is_ready
        return name in self.allowed_paths and name in self._fields

    def has_column(self, name: str) -> bool:
        """Whether the model has that column at all (`deleted_at`, `owner`)."""
        try:
            self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return False
        return True

    @cached_property
    def allowed_paths(self) -> frozenset[str]:
        """First steps that filters, sorts and conditions may name."""
        named = {*self.filters, self.title}
        if self.number:
            named.add(self.number)
        return frozenset(named)

    @cached_property
    def readable(self) -> tuple[str, ...]:
        """All fields a reader may be shown: what people fill in, plus columns and stamps, without repeats."""
        names = (self.title, *self.fields, *self.columns, *self.filters, *self.header_facts)
        stamps = tuple(name for name in ("created_at", "updated_at") if name in self._fields)
        plain = [name for name in (*names, *stamps) if "." not in name and name in self._fields]
        if self.number:
            plain.insert(0, self.number)
        return tuple(dict.fromkeys(plain))

    @cached_property
    def money_fields(self) -> tuple[Field, ...]:
        return tuple(each for each in self._fields.values() if each.kind is FieldKind.MONEY)

    @cached_property
    def option_fields(self) -> tuple[str, ...]:
        return tuple(each.name for each in self._fields.values() if each.kind is FieldKind.OPTION)

    def may_change(self, actor: Actor, record: Any) -> bool:
        """Whether the record can be edited in its present state; the actor's rights are another question."""
        return self.edits_when is None or self.edits_when(actor, record)

    def __str__(self) -> str:
        return self.slug


def _name_of_entity(slug: str, shipped: Label, *, many: bool) -> str:
    from zhike.core import layouts

    return str(layouts.renamed(slug, shipped, many=many))


def _name_of_field(slug: str, name: str, shipped: Label, *, is_help: bool = False) -> str:
    from zhike.core import layouts

    return layouts.relabelled(slug, name, shipped, is_help=is_help)


# What the company calls an entity, a field, or the help it gives: asked when it is read, since code declares it before there
# is a database. Each call of `lazy` makes a class of 20 kB, so there is one for all labels.
_renamed = lazy(_name_of_entity, str)
_relabelled = lazy(_name_of_field, str)


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """What an app adds besides entities (menu entries, kinds of jobs, …), found by its class, in order of weight."""

    weight: int = 100


@dataclass(frozen=True, kw_only=True)
class PanelEverywhere(Contribution):
    """A panel on the page of every entity that `fits`, from an app that does not know them all."""

    panel: Panel
    fits: Callable[[Entity], bool]


@dataclass(frozen=True, kw_only=True)
class MenuItem(Contribution):
    """One entry of the left menu. `right` is `slug:action` or a settings right.

    `count` tells how much waits there for this person (one indexed statement); nought shows nothing. `on_phone`: it also stands
    in the bar at the bottom of a phone.
    """

    name: str
    label: Label
    group: Label
    icon: str
    url_name: str
    module: str
    right: str
    weight: int = 100
    count: Callable[[Actor], int] | None = None
    on_phone: bool = False


@dataclass(frozen=True, kw_only=True)
class SettingsPage(Contribution):
    """One page of the settings, shown to people with `right` ("settings.roles"); blank: everyone signed in."""

    name: str
    label: Label
    description: Label
    group: Label
    icon: str
    url_name: str
    right: str
    module: str = ""
    weight: int = 100


@dataclass(frozen=True, kw_only=True)
class Module(Contribution):
    """A part of the product that an administrator may switch off; its data stay. Required ones cannot be."""

    name: str
    label: Label
    description: Label
    required: bool = False
    weight: int = 100
