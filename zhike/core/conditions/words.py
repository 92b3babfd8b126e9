"""A condition in words, for the chips above a list and for the description of a saved view."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import reduce

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zhike.core import company, options
from zhike.core.actors import Actor
from zhike.core.conditions.days import Span
from zhike.core.conditions.operators import Operator
from zhike.core.conditions.predicates import visible
from zhike.core.conditions.tree import (
    AllOf,
    AnyOf,
    Changed,
    Compare,
    Condition,
    Counted,
    Many,
    Mine,
    Node,
    Not,
    Operand,
    Quantified,
    Relative,
    Today,
)
from zhike.core.entities import Field, FieldKind, registry

# More values than these are counted, not listed.
_LISTED = 5
_COMPARISONS: Mapping[Operator, str | Promise] = {
    Operator.EQ: gettext_lazy("%(field)s is %(value)s"),
    Operator.NE: gettext_lazy("%(field)s is not %(value)s"),
    Operator.IN: gettext_lazy("%(field)s is one of %(value)s"),
    Operator.NOT_IN: gettext_lazy("%(field)s is none of %(value)s"),
    Operator.LT: gettext_lazy("%(field)s is less than %(value)s"),
    Operator.LTE: gettext_lazy("%(field)s is at most %(value)s"),
    Operator.GT: gettext_lazy("%(field)s is more than %(value)s"),
    Operator.GTE: gettext_lazy("%(field)s is at least %(value)s"),
    Operator.BETWEEN: gettext_lazy("%(field)s is between %(value)s"),
    Operator.CONTAINS: gettext_lazy("%(field)s contains “%(value)s”"),
    Operator.STARTS_WITH: gettext_lazy("%(field)s starts with “%(value)s”"),
    Operator.LONGER_THAN: gettext_lazy("%(field)s has more than %(value)s characters"),
    Operator.IS_EMPTY: gettext_lazy("%(field)s is empty"),
    Operator.NOT_EMPTY: gettext_lazy("%(field)s is not empty"),
    Operator.UNDER: gettext_lazy("%(field)s is %(value)s or below"),
}
_OF_DAYS: Mapping[Operator, str | Promise] = {
    Operator.LT: gettext_lazy("%(field)s is before %(value)s"),
    Operator.LTE: gettext_lazy("%(field)s is on or before %(value)s"),
    Operator.GT: gettext_lazy("%(field)s is after %(value)s"),
    Operator.GTE: gettext_lazy("%(field)s is on or after %(value)s"),
}
_OF_SEVERAL: Mapping[Operator, str | Promise] = {
    Operator.EQ: gettext_lazy("%(field)s include %(value)s"),
    Operator.NE: gettext_lazy("%(field)s do not include %(value)s"),
    Operator.IN: gettext_lazy("%(field)s include one of %(value)s"),
    Operator.NOT_IN: gettext_lazy("%(field)s include none of %(value)s"),
}
_OF_KIND: Mapping[FieldKind, Mapping[Operator, str | Promise]] = {
    FieldKind.DATE: _OF_DAYS,
    FieldKind.MOMENT: _OF_DAYS,
    FieldKind.MULTI_CHOICE: _OF_SEVERAL,
}
_MINE: Mapping[Mine, str | Promise] = {
    Mine.ME: gettext_lazy("me"),
    Mine.MY_DEPARTMENT: gettext_lazy("my department"),
    Mine.MY_SUBORDINATES: gettext_lazy("my subordinates"),
}


def describe(condition: Condition, actor: Actor | None = None) -> str:
    """The condition in the active language. Records are named as `actor` reaches them, else by id."""
    return _Words(actor).node(condition.root)


class _Words:
    def __init__(self, actor: Actor | None) -> None:
        self.actor = actor

    def node(self, node: Node, *, inside: bool = False) -> str:
        match node:
            case AllOf(parts):
                return self._joined(parts, _("%(first)s and %(second)s"), _("everything"), inside)
            case AnyOf(parts):
                return self._joined(parts, _("%(first)s or %(second)s"), _("nothing"), inside)
            case Not(part):
                return _("not (%(part)s)") % {"part": self.node(part)}
            case Compare():
                return self._compare(node)
            case Changed(path):
                return _("%(field)s changed") % {"field": path.label}
            case Quantified(many, where, none):
                return self._quantified(many, where, none=none)
            case Counted():
                return self._counted(node)

    def _joined(self, parts: tuple[Node, ...], pair: str, empty: str, inside: bool) -> str:
        if not parts:
            return empty
        if len(parts) == 1:
            return self.node(parts[0], inside=inside)
        text = _chain([self.node(part, inside=True) for part in parts], pair)
        return _("(%(part)s)") % {"part": text} if inside else text

    def _compare(self, node: Compare) -> str:
        field = node.path.end
        label = _("%(field)s before") % {"field": node.path.label} if node.was else node.path.label
        if node.operator is Operator.WITHIN:
            return self._within(label, node.operands[0])
        own = _OF_KIND.get(field.kind, {})
        pattern = own.get(node.operator) or _COMPARISONS[node.operator]
        return str(pattern) % {"field": label, "value": self._values(node)}

    def _within(self, label: str, operand: Operand) -> str:
        if not isinstance(operand, Relative):
            raise TypeError(operand)
        pattern = _("%(field)s within the next %(span)s") if operand.ahead else _("%(field)s within the last %(span)s")
        return pattern % {"field": label, "span": _span(operand.span)}

    def _values(self, node: Compare) -> str:
        field = node.path.end
        if node.operator is Operator.BETWEEN:
            low, high = (self._value(field, each) for each in node.operands)
            return _("%(low)s and %(high)s") % {"low": low, "high": high}
        if len(node.operands) > _LISTED:
            count = len(node.operands)
            return ngettext("%(count)d value", "%(count)d values", count) % {"count": count}
        names = self._names(field, node.operands)
        words = [names.get(each, "") or self._value(field, each) for each in node.operands]
        return _chain(words, _("%(first)s, %(second)s"))

    def _names(self, field: Field, operands: Iterable[Operand]) -> Mapping[Operand, str]:
        """Names of the records meant, as far as the reader reaches them."""
        ids = [each for each in operands if isinstance(each, int)]
        if field.kind is not FieldKind.RELATION or self.actor is None or not ids or field.related is None:
            return {}
        if not registry.has(field.related):
            return {}
        entity = registry.of(field.related)
        return {
            pk: str(name) for pk, name in visible(entity, self.actor).filter(pk__in=ids).values_list("pk", entity.title)
        }

    def _value(self, field: Field, operand: Operand) -> str:
        if isinstance(operand, Mine):
            return str(_MINE[operand])
        if isinstance(operand, Today):
            return _("today")
        if isinstance(operand, Relative):
            pattern = _("in %(span)s") if operand.ahead else _("%(span)s ago")
            return pattern % {"span": _span(operand.span)}
        if field.kind is FieldKind.RELATION:
            return f"#{operand}"
        if field.kind.has_options:
            return options.label(field.option_list, str(operand))
        if field.kind is FieldKind.CHOICE:
            return str(dict(field.choices).get(str(operand), operand))
        return _plain(operand)

    def _quantified(self, many: Many, where: Node | None, *, none: bool) -> str:
        label = _many_label(many)
        if where is None:
            return (_("has no %(rows)s") if none else _("has %(rows)s")) % {"rows": label}
        pattern = _("has no %(rows)s where %(part)s") if none else _("has %(rows)s where %(part)s")
        return pattern % {"rows": label, "part": self.node(where, inside=True)}

    def _counted(self, node: Counted) -> str:
        label = _many_label(node.many)
        if node.where is not None:
            label = _("%(rows)s where %(part)s") % {"rows": label, "part": self.node(node.where, inside=True)}
        subject = _("the number of %(rows)s") % {"rows": label}
        numbers = [_plain(each) for each in node.numbers]
        value = _("%(low)s and %(high)s") % {"low": numbers[0], "high": numbers[-1]} if len(numbers) > 1 else numbers[0]
        return str(_COMPARISONS[node.operator]) % {"field": subject, "value": value}


def _chain(texts: Sequence[str], pair: str) -> str:
    """Texts joined two by two, since languages differ in what stands between."""
    return reduce(lambda first, second: pair % {"first": first, "second": second}, texts) if texts else ""


def _many_label(many: Many) -> str:
    return " · ".join([*(str(step.field.label) for step in many.steps), str(many.relation.label)])


def _span(span: Span) -> str:
    """`P1Y2M3D` as "1 year 2 months 3 days"."""
    if span.working:
        return ngettext("%(count)d working day", "%(count)d working days", span.days) % {"count": span.days}
    years, months = divmod(span.months, 12)
    parts = [
        ngettext("%(count)d year", "%(count)d years", years) % {"count": years} if years else "",
        ngettext("%(count)d month", "%(count)d months", months) % {"count": months} if months else "",
    ]
    if span.days or not span.months:
        parts.append(ngettext("%(count)d day", "%(count)d days", span.days) % {"count": span.days})
    return " ".join(part for part in parts if part)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return value.astimezone(company.zone()).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, Decimal)):
        return f"{value:,}"  # Django would group Chinese numbers by four digits
    return str(value)
