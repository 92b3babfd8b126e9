"""What stands above a list: the view in force, and its filters as chips."""

from dataclasses import dataclass
from typing import Any

from zhike.core import conditions
from zhike.core.conditions import Condition, ConditionError
from zhike.core.entities import Entity
from zhike.core.lists import ListQuery
from zhike.core.pages.titles import list_address
from zhike.core.saved_views.reading import EVERYTHING, Asked, View, written


@dataclass(frozen=True, kw_only=True)
class ViewHead:
    """The button of the views: which one is open, whether the list differs from it, and what can be done about it."""

    view: View | None
    is_changed: bool
    may_keep: bool
    may_save_as: bool
    keep_url: str
    new_url: str


def view_head(entity: Entity, asked: Asked) -> ViewHead:
    """The head of this question."""
    view, query = asked.view, asked.query
    differs = asked.is_changed if view is not None else _is_worth_keeping(query)
    base = f"{list_address(entity)}views/"
    return ViewHead(
        view=view,
        is_changed=view is not None and differs,
        may_keep=view is not None and view.may_change and differs,
        may_save_as=differs,
        keep_url=f"{base}{view.pk}/keep/" if view is not None and view.pk is not None else "",
        new_url=f"{base}new/",
    )


def _is_worth_keeping(query: ListQuery) -> bool:
    named = {name for name, value in query.parameters if value}
    return query.is_filtered or bool(named & {"columns", "sort", "size", "display"})


def chips_of(asked: Asked) -> list[dict[str, Any]]:
    """The filters in force; a condition that asks for several things is one chip for each of them."""
    query = asked.query
    found = [{"label": each.text, "url": query.without(each)} for each in query.filters]
    if query.condition is None:
        return found
    parts = _parts(query.condition)
    for place, part in enumerate(parts):
        rest = [dict(each.raw) for at, each in enumerate(parts) if at != place]
        text = written({"all": rest} if len(rest) > 1 else rest[0]) if rest else ""
        found.append(
            {
                "label": conditions.describe(part, query.actor),
                "url": query.link(condition=text or (None if asked.view is None else "")),
            }
        )
    return found


def _parts(condition: Condition) -> list[Condition]:
    raw = condition.raw
    inner = raw.get("all")
    if set(raw) != {"all"} or not isinstance(inner, list) or not inner:
        return [condition]
    try:
        return [conditions.parse(condition.entity, each) for each in inner]
    except ConditionError:
        return [condition]


def clear_link(asked: Asked) -> str:
    """The list without any filter: with a view open, everything instead of the view."""
    query = asked.query
    changes: dict[str, Any] = {each.parameter: None for each in query.filters}
    changes |= {"q": None, "condition": None}
    if asked.view is not None or any(name == "view" for name, _value in query.parameters):
        changes["view"] = EVERYTHING
    return query.link(**changes)
