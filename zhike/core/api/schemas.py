"""The shapes of each entity's requests and answers, made from its fields."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StringConstraints, create_model

from zhike.core.customfields.actions import is_configurable
from zhike.core.entities import Entity, FieldKind
from zhike.core.entities import Field as EntityField
from zhike.core.entities.fields import TAGS
from zhike.core.fieldvalues import MAX_CHOICES
from zhike.core.record_choices import MOST

MAX_ID = 2**63 - 1
MAX_CUSTOM = 300
_CUSTOM = "the company's own fields by key (cf_…); sent ones are merged into the others, null makes blank"
_TAGS = "names of tags; codes are taken as well, and a name that no tag has makes a new one where the company allows it"
Id = Annotated[int, Field(ge=1, le=MAX_ID, description="id of a record")]
Text = Annotated[str, StringConstraints(max_length=100_000)]


class Input(Schema):
    """Base of what callers send: unknown fields are refused, so that a misspelling is not lost in silence."""

    model_config = ConfigDict(extra="forbid")


class Label(Schema):
    """A related record: its id, and how it is called. `reachable` is false where the caller may know no more of it."""

    id: int
    label: str
    reachable: bool


class KeyLabel(Schema):
    """A record of any kind: its key as it is sent ("customers:42"), and how it is called; `reachable` as in `Label`."""

    key: str
    label: str
    reachable: bool


class Total(Schema):
    """How many match. Beyond 10,000 an estimate, then `exact` is false."""

    value: int
    exact: bool


class Query(Input):
    """The parameters of a list as a body, for conditions too long for an address."""

    filter: dict[str, Any] | None = None
    q: Annotated[str, StringConstraints(max_length=200)] = ""
    order: Annotated[str, StringConstraints(max_length=200)] = ""
    cursor: Annotated[str, StringConstraints(max_length=2000)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    fields: Annotated[str, StringConstraints(max_length=2000)] = ""
    view: Annotated[str, StringConstraints(max_length=80)] = ""
    total: bool = True


class SavedView(Schema):
    """A view of a list; `view` is what the parameter of that name takes."""

    view: str
    name: str
    owner: str
    shared: str
    filter: dict[str, Any] | None
    tab: str
    q: str
    fields: list[str]
    order: str
    display: str


class SavedViews(Schema):
    """The views that the caller finds in a list."""

    items: list[SavedView]


class FieldProblem(Schema):
    """What is wrong with one input."""

    field: str
    message: str


class Problem(Schema):
    """An error: `title` names the class, `detail` says what happened and what to do, `errors` which inputs it is about."""

    status: int
    title: str
    detail: str
    errors: list[FieldProblem] = []
    # For 409 after somebody else's change: the version stored now.
    version: int | None = None


def camel(slug: str) -> str:
    return "".join(word.capitalize() for word in slug.split("-"))


def answer_schema(entity: Entity) -> type[Schema]:
    """One record as it is answered. Every field may be missing: hidden ones are left out, and `fields=` chooses."""
    fields: dict[str, Any] = {"id": (int, ...), "version": (int | None, None)}
    for name in entity.readable:
        fields[name] = (_answer_type(entity.field(name)) | None, _described(entity.field(name)))
        if entity.field(name).currency_name:
            fields[entity.field(name).currency_name] = (str | None, None)
    if entity.is_tagged:
        fields[TAGS] = (list[str] | str | None, Field(None, description=_TAGS))
    if is_configurable(entity):
        fields["custom"] = (dict[str, Any] | None, Field(None, description=_CUSTOM))
    return create_model(f"{camel(entity.slug)}Record", __base__=Schema, **fields)


def list_schema(entity: Entity, answer: type[Schema]) -> type[Schema]:
    """A page of records."""
    return create_model(
        f"{camel(entity.slug)}List",
        __base__=Schema,
        items=(list[answer], ...),  # type: ignore[valid-type]
        total=(Total | None, None),
        next=(str | None, None),
    )


def create_schema(entity: Entity) -> type[Schema]:
    """What makes a record: required fields must be there."""
    fields: dict[str, Any] = {}
    for field in _written(entity):
        fields |= _input(field, required=field.required and field.kind is not FieldKind.BOOLEAN)
    fields |= _custom_input(entity)
    return create_model(f"{camel(entity.slug)}New", __base__=Input, **fields)


def change_schema(entity: Entity) -> type[Schema]:
    """What changes a record: only the fields sent are touched."""
    fields: dict[str, Any] = {}
    for field in _written(entity):
        fields |= _input(field, required=False)
    fields |= _custom_input(entity)
    return create_model(f"{camel(entity.slug)}Change", __base__=Input, **fields)


def _written(entity: Entity) -> list[EntityField]:
    return [entity.field(name) for name in entity.fields if entity.field(name).editable]


def _custom_input(entity: Entity) -> dict[str, Any]:
    """Fields of the company's own: which there are is known only while the program runs, so that `writes` checks them."""
    if not is_configurable(entity):
        return {}
    name = Annotated[str, StringConstraints(max_length=1_000)]
    tags = (Annotated[list[name], Field(max_length=MAX_CHOICES)] | None, Field(None, description=_TAGS))
    return ({TAGS: tags} if entity.is_tagged else {}) | {
        "custom": (Annotated[dict[str, Any], Field(max_length=MAX_CUSTOM)] | None, Field(None, description=_CUSTOM))
    }


def _described(field: EntityField) -> Any:
    return Field(None, description=field.kind.value)


def _input(field: EntityField, *, required: bool) -> dict[str, Any]:
    accepted = _input_type(field)
    fields: dict[str, Any] = {field.name: (accepted, ...) if required else (accepted | None, None)}
    if field.currency_name:
        fields[field.currency_name] = (Annotated[str, StringConstraints(pattern="^([A-Z]{3})?$")] | None, None)
    return fields


def _answer_type(field: EntityField) -> Any:
    if field.kind is FieldKind.RELATION:
        return Label
    if field.kind is FieldKind.RECORD:
        return KeyLabel | str
    if field.kind is FieldKind.RECORDS:
        return list[KeyLabel] | str
    if field.kind in (FieldKind.MONEY, FieldKind.DECIMAL):
        return str
    return {
        FieldKind.INTEGER: int | str,
        FieldKind.PERCENT: int | str,
        FieldKind.BOOLEAN: bool,
        FieldKind.DATE: str,
        FieldKind.MOMENT: datetime | str,
        FieldKind.LIST: list[Any],
    }.get(field.kind, str)


def _input_type(field: EntityField) -> Any:
    if field.kind is FieldKind.RELATION:
        return Id
    if field.kind is FieldKind.CHOICE:
        return Literal[tuple(code for code, _label in field.choices if code)]
    if field.kind in (FieldKind.MONEY, FieldKind.DECIMAL):
        return Annotated[Decimal, Field(max_digits=field.model_field.max_digits, decimal_places=field.decimal_places)]  # type: ignore[attr-defined]
    if field.kind in (FieldKind.INTEGER, FieldKind.PERCENT):
        return Annotated[int, Field(ge=0, le=100 if field.kind is FieldKind.PERCENT else 2_147_483_647)]
    if field.kind.is_text or field.kind is FieldKind.OPTION:
        return Annotated[str, StringConstraints(max_length=field.max_length or 100_000)]
    if field.kind is FieldKind.RECORD:
        return Annotated[str, StringConstraints(pattern=r"^([a-z-]{1,60}:[0-9]{1,18})?$")]
    if field.kind is FieldKind.RECORDS:
        key = Annotated[str, StringConstraints(pattern=r"^[a-z-]{1,60}:[0-9]{1,18}$")]
        return Annotated[list[key], Field(max_length=MOST)]
    return {
        FieldKind.BOOLEAN: bool,
        FieldKind.DATE: date,
        FieldKind.MOMENT: datetime,
        FieldKind.LIST: Annotated[list[Annotated[str, StringConstraints(max_length=100)]], Field(max_length=100)],
    }[field.kind]
