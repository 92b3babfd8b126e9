"""What the condition builder offers a reader: the fields of one entity, what may be asked of each, and how it is answered."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core import layouts, modules, options
from zhike.core.actors import Actor
from zhike.core.conditions import Condition, may_filter, operators_of
from zhike.core.conditions.operators import COUNT_OPERATORS, Operator
from zhike.core.conditions.tree import AllOf, AnyOf, Compare, Counted, Node, Not, Quantified
from zhike.core.entities import Entity, Field, FieldKind, Label, registry
from zhike.core.lists import related_labels
from zhike.core.pages.titles import list_address
from zhike.core.pages.words import sentence_start

# Longer lists are searched on the server.
_LISTED = 200
_WORDS: dict[Operator, Label] = {
    Operator.EQ: gettext_lazy("is"),
    Operator.NE: gettext_lazy("is not"),
    Operator.IN: gettext_lazy("is one of"),
    Operator.NOT_IN: gettext_lazy("is none of"),
    Operator.LT: gettext_lazy("is less than"),
    Operator.LTE: gettext_lazy("is at most"),
    Operator.GT: gettext_lazy("is more than"),
    Operator.GTE: gettext_lazy("is at least"),
    Operator.BETWEEN: gettext_lazy("is between"),
    Operator.CONTAINS: gettext_lazy("contains"),
    Operator.STARTS_WITH: gettext_lazy("starts with"),
    Operator.LONGER_THAN: gettext_lazy("has more characters than"),
    Operator.IS_EMPTY: gettext_lazy("is empty"),
    Operator.NOT_EMPTY: gettext_lazy("is not empty"),
    Operator.WITHIN: gettext_lazy("lies within"),
    Operator.UNDER: gettext_lazy("is this or below"),
}
_OF_DAYS: dict[Operator, Label] = {
    Operator.LT: gettext_lazy("is before"),
    Operator.LTE: gettext_lazy("is on or before"),
    Operator.GT: gettext_lazy("is after"),
    Operator.GTE: gettext_lazy("is on or after"),
}
_OF_SEVERAL: dict[Operator, Label] = {
    Operator.EQ: gettext_lazy("include"),
    Operator.NE: gettext_lazy("do not include"),
    Operator.IN: gettext_lazy("include one of"),
    Operator.NOT_IN: gettext_lazy("include none of"),
}
_OF_KIND = {FieldKind.DATE: _OF_DAYS, FieldKind.MOMENT: _OF_DAYS, FieldKind.MULTI_CHOICE: _OF_SEVERAL}
_INPUTS = {
    FieldKind.INTEGER: "number",
    FieldKind.DECIMAL: "number",
    FieldKind.PERCENT: "number",
    FieldKind.MONEY: "number",
    FieldKind.DATE: "date",
    FieldKind.MOMENT: "moment",
    FieldKind.BOOLEAN: "choose",
    FieldKind.CHOICE: "choose",
    FieldKind.OPTION: "choose",
    FieldKind.MULTI_CHOICE: "choose",
    FieldKind.RELATION: "record",
}


def tree_of(entity: Entity, actor: Actor) -> dict[str, Any]:
    """One entity: its fields that this reader may filter by, and the rows that belong to it."""
    fields = [entity.field(name) for name in _names(entity) if entity.has_field(name)]
    return {
        "slug": entity.slug,
        "label": str(entity.label_plural),
        "fields": [_field(entity, each, actor) for each in fields if may_filter(entity, each, actor)],
        "many": [
            {"name": each.name, "label": sentence_start(each.label), "to": each.slug}
            for each in entity.relations
            if _is_open(registry.get(each.slug), actor)
            and may_filter(registry.get(each.slug), registry.get(each.slug).field(each.via), actor)
        ],
        "numbers": [[each.value, str(_WORDS[each])] for each in Operator if each in COUNT_OPERATORS],
    }


def _names(entity: Entity) -> tuple[str, ...]:
    first = (entity.title, *((entity.number,) if entity.number else ()))
    return tuple(dict.fromkeys((*first, *layouts.filters(entity))))


def _is_open(entity: Entity, actor: Actor) -> bool:
    return modules.is_on(entity.module) and actor.access.reach(entity.slug, "view") is not None


def _field(entity: Entity, field: Field, actor: Actor) -> dict[str, Any]:
    words = _WORDS | _OF_KIND.get(field.kind, {})
    found: dict[str, Any] = {
        "name": field.name,
        "key": f"{entity.slug}.{field.name}",
        "label": sentence_start(field.label),
        "input": _INPUTS.get(field.kind, "text"),
        "operators": [[each.value, str(words[each])] for each in operators_of(field)],
    }
    if field.kind is FieldKind.RELATION:
        return found | _relation(entity, field, actor)
    if field.kind is FieldKind.BOOLEAN:
        found["choices"] = [["true", _("yes")], ["false", _("no")]]
    elif field.kind is FieldKind.CHOICE:
        found["choices"] = [[code, str(label)] for code, label in field.choices]
    elif field.kind.has_options:
        entries = options.entries(field.option_list)
        if len(entries) > _LISTED and field.kind is FieldKind.OPTION:
            found["url"] = f"{list_address(entity)}choices/{field.name}/"
        else:
            found["choices"] = [[code, entry.text()] for code, entry in entries.items()]
    return found


def _relation(entity: Entity, field: Field, actor: Actor) -> dict[str, Any]:
    related = field.related
    found: dict[str, Any] = {"url": f"{list_address(entity)}choices/{field.name}/", "always": []}
    if related is None or not registry.has(related):
        return found
    to = registry.of(related)
    if field.custom is None and _is_open(to, actor):
        found["to"] = to.slug
    if to.slug == "users":
        found["always"] = [["$me", _("me")], ["$my_subordinates", _("my subordinates")]]
    elif to.slug == "departments":
        found["always"] = [["$my_department", _("my department")]]
    return found


def labels_of(condition: Condition, actor: Actor) -> dict[str, dict[str, str]]:
    """The names of the records and long options that a condition mentions, by the key of their field."""
    found: dict[str, dict[str, str]] = {}
    for compare in _comparisons(condition.root):
        field = compare.path.end
        named = found.setdefault(f"{compare.path.entity.slug}.{field.name}", {})
        if field.kind.has_options:
            named |= {str(each): options.label(field.option_list, str(each)) for each in compare.operands}
        elif field.kind is FieldKind.RELATION and field.related is not None:
            ids = [each for each in compare.operands if isinstance(each, int)]
            reached = related_labels(actor, field.related, ids)
            named |= {str(pk): each.label for pk, each in reached.items() if each.reachable or not each.slug}
    return {key: names for key, names in found.items() if names}


def _comparisons(node: Node) -> list[Compare]:
    match node:
        case AllOf(parts) | AnyOf(parts):
            return [each for part in parts for each in _comparisons(part)]
        case Not(part):
            return _comparisons(part)
        case Compare():
            return [node]
        case Quantified(where=where) | Counted(where=where):
            return [] if where is None else _comparisons(where)
        case _:
            return []
