"""What follows from other fields, and whether the values are sound: before any row goes to the database."""

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from zhike.core import company, money, options
from zhike.core.actors import Actor
from zhike.core.entities import Entity, Field, FieldKind, RecordKind
from zhike.core.fields import PinyinKeyField
from zhike.core.scoping.scope import anchor_entity
from zhike.core.search import pinyin
from zhike.core.text import tidy
from zhike.core.writes.errors import NotAllowed

MASK = "****"


class _Columns(NamedTuple):
    """What is asked of a model's columns with every row, worked out once."""

    names: frozenset[str]
    # Attribute and whether it may have several lines.
    texts: tuple[tuple[str, bool], ...]
    # Columns that may hold a list of words.
    lists: tuple[str, ...]
    pinyin_keys: tuple[PinyinKeyField, ...]
    # Checked by the database, or set by us.
    unchecked: frozenset[str]
    # What a new row must be given; whatever else it leaves at its default is sound by declaration.
    demanded: frozenset[str]


@cache
def _columns_of(model: type[models.Model]) -> _Columns:
    fields = model._meta.concrete_fields
    texts = [each for each in fields if isinstance(each, (models.CharField, models.TextField))]
    return _Columns(
        names=frozenset(each.name for each in fields),
        texts=tuple((each.attname, isinstance(each, models.TextField)) for each in texts),
        lists=tuple(each.attname for each in fields if isinstance(each, models.JSONField)),
        pinyin_keys=tuple(each for each in fields if isinstance(each, PinyinKeyField)),
        unchecked=frozenset(each.name for each in fields if each.remote_field is not None or not each.editable),
        demanded=frozenset(each.name for each in fields if not each.blank),
    )


def tidy_texts(row: models.Model) -> None:
    """Strip texts, and refuse characters that no database or page can hold."""
    columns = _columns_of(type(row))
    for attname, lines in columns.texts:
        value = getattr(row, attname)
        if value and isinstance(value, str):
            setattr(row, attname, tidy(value, lines=lines))
    for attname in columns.lists:
        words = getattr(row, attname)
        if words and isinstance(words, list):
            setattr(row, attname, [tidy(word) if isinstance(word, str) else word for word in words])


def fill_derived(entity: Entity, row: Any) -> None:
    """Pinyin keys, currencies and base amounts."""
    columns = _columns_of(row.__class__)
    for each in columns.pinyin_keys:
        setattr(row, each.attname, pinyin.sort_key(getattr(row, each.of), person=each.person)[:255])
    for field in entity.money_fields:
        if f"{field.name}_base" not in columns.names:
            continue
        amount = getattr(row, field.name)
        currency = getattr(row, field.currency_name) or company.current().currency
        setattr(row, field.currency_name, currency)
        day = row.money_day() if hasattr(row, "money_day") else company.today()
        try:
            setattr(row, f"{field.name}_base", None if amount is None else money.to_base(amount, currency, day))
        except money.NoRate as missing:
            raise ValidationError({field.name: str(missing)}) from missing


def settle_ownership(entity: Entity, row: Any, before: dict[str, Any] | None) -> None:
    """Department is the owner's when ownership is given, unless one was chosen."""
    if entity.kind not in (RecordKind.OWNED, RecordKind.ATTACHED) or row.owner_id is None:
        return
    owner_changed = before is None or before["owner"] != row.owner_id
    department_chosen = row.department_id is not None and (before is None or before["department"] != row.department_id)
    if owner_changed and not department_chosen:
        row.department_id = row.owner.department_id


def copy_reach(entity: Entity, rows: Iterable[Any]) -> None:
    """Parts take the owner and department of their anchor, read once per batch."""
    if entity.kind is not RecordKind.PART:
        return
    anchor = anchor_entity(entity)
    column = f"{entity.part_of}_id"
    ids = {getattr(row, column) for row in rows} - {None}
    reach = {
        pk: (owner, department)
        for pk, owner, department in anchor.model._default_manager.filter(pk__in=ids).values_list(
            "pk", "owner_id", "department_id"
        )
    }
    for row in rows:
        row.reach_owner_id, row.reach_department_id = reach.get(getattr(row, column), (None, None))


def check_field_rights(actor: Actor, entity: Entity, names: Iterable[str]) -> None:
    """Refuse a change of a field that the actor may only read, or not even that."""
    if actor.is_system:
        return
    for name in names:
        mode = actor.access.field_mode(entity.slug, name)
        if not mode.is_writable:
            label = entity.field(name).label if entity.has_field(name) else name
            raise NotAllowed(_("You may not change “%(field)s”.") % {"field": label}, field=name)


def check_values(entity: Entity, row: models.Model, changed: frozenset[str], *, is_new: bool) -> None:
    """Refuse malformed values among the changed ones. Raises `ValidationError` by field.

    Foreign keys are checked by the database.
    """
    errors: dict[str, list[str]] = {}
    columns = _columns_of(type(row))
    if is_new:
        changed |= columns.demanded
    try:
        row.clean_fields(exclude=columns.unchecked | (columns.names - changed))
    except ValidationError as error:
        errors.update(error.message_dict)
    for name in dict.fromkeys((*entity.fields, *entity.option_fields)):
        if name not in changed:
            continue
        field = entity.field(name)
        sentence = _mistake(field, getattr(row, field.attname))
        if sentence:
            errors.setdefault(name, []).append(sentence)
    if errors:
        raise ValidationError(errors)


def _mistake(field: Field, value: Any) -> str:
    if value is None:
        return _("This field is required.") if field.required and field.kind is FieldKind.RELATION else ""
    if value == "" or field.kind is FieldKind.RELATION:
        return ""
    if field.kind is FieldKind.OPTION and value not in options.entries(field.option_list):
        return _("“%(value)s” is not one of the choices.") % {"value": value}
    if isinstance(value, str) and MASK in value and field.kind.is_personal:
        return _("This is a masked value. Type the full one, or leave the field as it is.")
    return ""
