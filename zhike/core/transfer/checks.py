"""Whether a step fits its entity and its actor, and refusals of the write path in words that name columns."""

from collections.abc import Sequence

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from zhike.core import layouts, writes
from zhike.core.actors import Actor
from zhike.core.entities import Entity, FieldKind, registry
from zhike.core.transfer import targets
from zhike.core.transfer.drafts import Drafter
from zhike.core.transfer.plan import PlanError, Step
from zhike.core.transfer.suggest import nearest
from zhike.core.writes.errors import Refused


def entity_of(step: Step) -> Entity:
    """The step's entity. Raises `PlanError` for one that does not exist or is not imported."""
    slugs = [each.slug for each in registry.all() if "import" not in each.without]
    if step.entity not in slugs:
        raise PlanError(
            _("Step %(number)d: “%(entity)s” is nothing that can be imported. Allowed are: %(allowed)s.")
            % {"number": step.number, "entity": step.entity, "allowed": ", ".join(sorted(slugs))}
        )
    return registry.get(step.entity)


def importable_names(entity: Entity) -> tuple[str, ...]:
    """What a column may be mapped to: the fields people fill in, the currencies of amounts, and contributed columns."""
    currencies = tuple(
        field.currency_name
        for field in entity.money_fields
        if field.name in entity.fields and entity.has_field(field.currency_name)
    )
    custom = (name for name, field in layouts.custom(entity).items() if field.kind is not FieldKind.FILE)
    return tuple(dict.fromkeys((*entity.fields, *custom, *currencies, *targets.columns_of(entity.slug))))


def check_fields(actor: Actor, entity: Entity, drafter: Drafter) -> None:
    """Refuse unknown fields and those the actor may not change. Raises `PlanError`, `NotAllowed`."""
    writes.require(actor, entity, "import")
    importable = importable_names(entity)
    number = drafter.step.number
    for name in drafter.fields:
        if entity.has_field(name) and entity.field(name).kind is FieldKind.FILE:
            raise PlanError(
                _("Step %(number)d: “%(field)s” holds files, which no table can bring. Add them in the record itself.")
                % {"number": number, "field": entity.field(name).label}
            )
        if name not in importable:
            raise PlanError(_no_such_field(number, entity, name, importable))
        if not actor.access.field_mode(entity.slug, name).is_writable:
            label = entity.field(name).label if entity.has_field(name) else name
            raise PlanError(
                _("Step %(number)d: you may not change “%(field)s”, so it cannot be imported. Leave it out.")
                % {"number": number, "field": label}
            )
    for name in drafter.step.history:
        if name not in entity.history:
            raise PlanError(
                _("Step %(number)d: no history is kept of “%(field)s”. Allowed are: %(allowed)s.")
                % {"number": number, "field": name, "allowed": ", ".join(entity.history)}
            )
    for match in filter(None, drafter.step.match.split(",")):
        if match in drafter.fields and entity.has_field(match) and entity.field(match).kind.is_text:
            continue
        raise PlanError(
            _("Step %(number)d: “match” must name a text field that the step fills, not “%(field)s”.")
            % {"number": number, "field": match}
        )


def _no_such_field(number: int, entity: Entity, name: str, importable: Sequence[str]) -> str:
    sentence = _("Step %(number)d: %(entity)s have no field “%(field)s” to import into. Allowed are: %(allowed)s.") % {
        "number": number,
        "entity": entity.slug,
        "field": name,
        "allowed": ", ".join(importable),
    }
    meant = nearest(name, importable)
    return f"{sentence} {_('Did you mean “%(suggestion)s”?') % {'suggestion': meant}}" if meant else sentence


def sentence_of(refusal: Exception, entity: Entity, drafter: Drafter) -> str:
    """A refusal of the write path as sentences that name the columns they are about."""
    if isinstance(refusal, Refused):
        return _about(refusal.field, refusal.sentence, drafter)
    if isinstance(refusal, ValidationError):
        if not hasattr(refusal, "error_dict"):
            return " ".join(refusal.messages)
        return " ".join(
            _about(_named(name, entity), " ".join(messages), drafter) for name, messages in refusal.message_dict.items()
        )
    if type(refusal).__module__.startswith("django.db"):
        return _("The database refused this row: a value that must be unique is taken, or does not fit its column.")
    return str(refusal)


def _named(name: str, entity: Entity) -> str | None:
    return None if name == NON_FIELD_ERRORS or not entity.has_field(name) else name


def _about(name: str | None, sentence: str, drafter: Drafter) -> str:
    if name is None:
        return sentence
    return _("Column “%(column)s”: %(reason)s") % {"column": drafter.column_of(name), "reason": sentence}
