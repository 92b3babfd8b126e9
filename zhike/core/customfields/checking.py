"""Whether what an administrator asks of a field can work."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from zhike.core import conditions, fieldvalues, options
from zhike.core.conditions import ConditionError
from zhike.core.customfields.describing import CAN_BE_UNIQUE, MAX_PLACES, NOT_INDEXED
from zhike.core.customfields.models import CustomKind
from zhike.core.entities import Entity, Field, FieldKind, registry
from zhike.core.text import tidy
from zhike.core.writes.errors import RuleBroken

MAX_LABEL, MAX_HELP = 60, 300


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What an administrator asks for; one label is enough.

    `target` is the slug of what a record link leads to; `default` stands as JSON holds it; `shown_if` is a condition.
    `several` lets more than one file stand in the field.
    """

    kind: str
    label_zh: str = ""
    label_en: str = ""
    help_zh: str = ""
    help_en: str = ""
    required: bool = False
    unique: bool = False
    is_indexed: bool = False
    default: Any = None
    places: int = 2
    several: bool = False
    target: str = ""
    shown_if: dict[str, Any] = field(default_factory=dict)


def check_draft(entity: Entity, draft: Draft, *, is_shipped: bool = False) -> Draft:
    """The draft with its words tidied; a shipped field has a label already. Raises `RuleBroken` naming the field of the form."""
    if draft.kind not in CustomKind.values:
        raise RuleBroken(_("Choose the kind of field."), "kind")
    draft = replace(
        draft,
        label_zh=tidy(draft.label_zh),
        label_en=tidy(draft.label_en),
        help_zh=tidy(draft.help_zh),
        help_en=tidy(draft.help_en),
    )
    check_words(draft, needs_label=not is_shipped)
    if draft.kind == CustomKind.RECORD and draft.target not in {each.slug for each in registry.all()}:
        raise RuleBroken(_("Choose which records this field links to."), "target")
    if draft.kind != CustomKind.RECORD:
        draft = replace(draft, target="")
    draft = _check_several(entity, draft)
    if draft.kind == CustomKind.REGION and not options.entries("region"):
        raise RuleBroken(_("Regions are not installed here."), "kind")
    if draft.unique and draft.kind not in CAN_BE_UNIQUE:
        raise RuleBroken(_("Fields of this kind cannot be unique."), "unique")
    if draft.is_indexed and draft.kind in NOT_INDEXED:
        raise RuleBroken(_("Lists cannot be filtered by a long text. Use a short one."), "is_indexed")
    if not 0 <= draft.places <= MAX_PLACES:
        raise RuleBroken(_("Choose from 0 to 6 decimals."), "places")
    check_shown_if(entity, draft.shown_if)
    return draft


def _check_several(entity: Entity, draft: Draft) -> Draft:
    """What is special about files."""
    if draft.kind != CustomKind.FILE:
        return replace(draft, several=False)
    if not entity.attachable:
        raise RuleBroken(_("%(records)s cannot carry files.") % {"records": entity.label_plural}, "kind")
    if draft.default not in (None, "", []):
        raise RuleBroken(_("A field for files takes no first value."), "default")
    return draft


def check_words(draft: Any, *, needs_label: bool) -> None:
    """Labels and help: there, and not too long."""
    if needs_label and not draft.label_zh and not draft.label_en:
        raise RuleBroken(_("A field needs a label, in Chinese or in English."), "label_zh")
    for name in ("label_zh", "label_en"):
        if len(tidy(getattr(draft, name))) > MAX_LABEL:
            raise RuleBroken(_("At most 60 characters."), name)
    for name in ("help_zh", "help_en"):
        if len(tidy(getattr(draft, name))) > MAX_HELP:
            raise RuleBroken(_("At most 300 characters."), name)


def check_shown_if(entity: Entity, raw: Any) -> None:
    """A condition on the record itself, asked without a query while somebody fills in the form."""
    if not raw:
        return
    try:
        conditions.parse(entity, raw)
    except ConditionError as error:
        raise RuleBroken(str(error), "shown_if") from error


def check_default(described: Field, given: Any) -> Any:
    """What is stored of a first value. Raises `RuleBroken`."""
    if given is None or given in ("", [], False):
        return None
    try:
        if described.custom is not None:
            return fieldvalues.clean(described, given)
        if described.kind is FieldKind.RELATION:
            raise RuleBroken(_("A field that names a record takes no first value."), "default")
        if described.kind is FieldKind.OPTION and given not in options.entries(described.option_list):
            raise RuleBroken(_("“%(value)s” is not one of the choices.") % {"value": str(given)[:60]}, "default")
        described.model_field.clean(given, None)
    except ValidationError as error:
        raise RuleBroken(" ".join(error.messages), "default") from error
    return given
