"""Which views a person finds in a list, and what a list's address comes to when it names one.

A view gives only what the address leaves open: `?view=17&sort=name` is view 17 in another order. Its rows are read with the
reader's rights: columns hidden from him are dropped, a condition he may not use is said and shows nothing.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from zhike.core import modules
from zhike.core.actors import Actor
from zhike.core.entities import Entity, registry
from zhike.core.lists import ListError, ListQuery
from zhike.core.lists.columns import choose
from zhike.core.lists.ordering import read_sort
from zhike.core.lists.query import SCALE, VIEW, Parameters, read_parameters
from zhike.core.saved_views.models import Display, SavedView, Sharing
from zhike.core.saved_views.shipped import ShippedView

SHARE_RIGHT = "settings.views"
# In the address: the whole list, even for who made a view the one that opens with it.
EVERYTHING = "all"
_MAX_ID = 2**63 - 1
# What a calendar shows unless its view says otherwise.
_MONTH = "month"
# What a view says about a list, as the list's address names it.
NAMES = ("condition", "tab", "q", "columns", "sort", "size", "display", SCALE)


@dataclass(frozen=True, kw_only=True)
class View:
    """A saved or a shipped view as its reader finds it. `key` stands in the address; `pk` is None for a shipped one."""

    key: str
    name: str
    pk: int | None = None
    shared: str = Sharing.EVERYONE
    owner: str = ""
    is_own: bool = False
    may_change: bool = False
    condition: Mapping[str, object] = field(default_factory=dict)
    tab: str = ""
    q: str = ""
    columns: str = ""
    sort: str = ""
    size: int = 0
    display: str = Display.TABLE
    display_settings: Mapping[str, object] = field(default_factory=dict)

    @property
    def texts(self) -> dict[str, str]:
        """What it says about a list, as parameters of the list's address; blank where it says nothing."""
        return {
            "condition": written(self.condition),
            "tab": self.tab,
            "q": self.q,
            "columns": self.columns,
            "sort": self.sort,
            "size": str(self.size or ""),
            "display": "" if self.display == Display.TABLE else self.display,
            SCALE: str(self.display_settings.get(SCALE, "")),
        }


def written(condition: Mapping[str, object]) -> str:
    """A condition as it stands in an address; blank for none."""
    return json.dumps(condition, ensure_ascii=False, separators=(",", ":"), default=str) if condition else ""


def visible_views(actor: Actor, entity: Entity) -> list[View]:
    """His own in their order, then those shared with him by name, then those that come with Zhike."""
    rows = _reached(actor, entity).select_related("owner").order_by("position", "name", "id")
    found = [_of_row(actor, row) for row in rows]
    own = [each for each in found if each.is_own]
    others = sorted((each for each in found if not each.is_own), key=lambda view: view.name)
    return [*own, *others, *(_of_shipped(each) for each in _shipped(entity))]


def find_view(actor: Actor, entity: Entity, key: str) -> View | None:
    """The view that `?view=key` means for this person; None where there is none, or none for him."""
    if key.isascii() and key.isdigit():
        row = _reached(actor, entity).select_related("owner").filter(pk=min(int(key[:20]), _MAX_ID)).first()
        return None if row is None else _of_row(actor, row)
    return next((_of_shipped(each) for each in _shipped(entity) if each.name == key), None)


def may_change(actor: Actor, view: SavedView) -> bool:
    """Its owner, and for a shared one whoever keeps the shared views."""
    if actor.is_system or view.owner_id == actor.user_id:
        return True
    return view.shared != Sharing.PRIVATE and actor.access.may(SHARE_RIGHT)


def reached_row(actor: Actor, entity: Entity, pk: int) -> SavedView | None:
    """The stored view, when this person finds it in the list."""
    row: SavedView | None = _reached(actor, entity).select_related("owner").filter(pk=min(pk, _MAX_ID)).first()
    return row


def _reached(actor: Actor, entity: Entity) -> Any:
    rows = SavedView.objects.filter(entity=entity.slug)
    if actor.is_system:
        return rows
    departments = sorted(actor.access.department_ids)
    return rows.filter(
        Q(owner=actor.user_id) | Q(shared=Sharing.EVERYONE) | Q(shared=Sharing.DEPARTMENT, department__in=departments)
    )


def _of_row(actor: Actor, row: SavedView) -> View:
    return View(
        key=str(row.pk),
        name=row.name,
        pk=row.pk,
        shared=row.shared,
        owner=str(row.owner),
        is_own=row.owner_id == actor.user_id,
        may_change=may_change(actor, row),
        condition=row.condition,
        tab=row.tab,
        q=row.q,
        columns=row.columns,
        sort=row.sort,
        size=row.size,
        display=row.display,
        display_settings=row.display_settings,
    )


def _shipped(entity: Entity) -> list[ShippedView]:
    return [
        each for each in registry.contributions(ShippedView) if each.slug == entity.slug and modules.is_on(each.module)
    ]


def _of_shipped(view: ShippedView) -> View:
    label = str(view.label)
    return View(
        key=view.name,
        name=label[:1].upper() + label[1:],
        condition=view.condition,
        tab=view.tab,
        columns=",".join(view.columns),
        sort=view.sort,
    )


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A list's question together with the view it names."""

    query: ListQuery
    view: View | None = None

    @property
    def is_changed(self) -> bool:
        """Whether the address says other than the view does: something that could be saved."""
        if self.view is None:
            return False
        given, texts = dict(self.query.parameters), self.view.texts
        return bool(self.query.filters) or any(
            name in given and not _same(name, given[name], texts[name]) for name in NAMES
        )


def _same(name: str, given: str, kept: str) -> bool:
    if name == "condition" and given and kept:
        with suppress(ValueError):
            return bool(json.loads(given) == json.loads(kept))
    if name == "display":
        return (given or Display.TABLE) == (kept or Display.TABLE)
    if name == SCALE:
        return (given or _MONTH) == (kept or _MONTH)
    if name == "tab":
        return (given or "all") == (kept or "all")
    return given == kept


def ask(
    entity: Entity,
    actor: Actor,
    params: Parameters,
    *,
    page_own: frozenset[str] = frozenset(),
    strict: bool = True,
) -> Asked:
    """`ListQuery.parse` that understands `view=`. Raises `ListError` like it, also for a view that is not there."""
    key = read_parameters(params).get(VIEW, ("",))[-1]
    if not key or key == EVERYTHING:
        return Asked(query=ListQuery.parse(entity, actor, params, page_own=page_own, strict=strict))
    view = find_view(actor, entity, key)
    if view is None:
        mistake = _gone()
        if strict:
            raise mistake
        query = ListQuery.parse(entity, actor, params, page_own=page_own, strict=False)
        return Asked(query=query.refused(mistake))
    query = ListQuery.parse(
        entity, actor, params, page_own=page_own, strict=strict, defaults=_for_reader(entity, actor, view)
    )
    return Asked(query=query, view=view)


def read_query(
    entity: Entity,
    actor: Actor,
    params: Parameters,
    *,
    page_own: frozenset[str] = frozenset(),
    strict: bool = True,
) -> ListQuery:
    """The question of an address that may name a view. Raises `ListError`."""
    return ask(entity, actor, params, page_own=page_own, strict=strict).query


def said_by(entity: Entity, actor: Actor, key: str) -> dict[str, str]:
    """What the view says about a list, for this reader. Raises `ListError` where he finds none of that name."""
    view = find_view(actor, entity, key)
    if view is None:
        raise _gone()
    return _for_reader(entity, actor, view)


def _gone() -> ListError:
    return ListError(_("This view is no longer there, or not shared with you. Choose another one."), VIEW)


def _for_reader(entity: Entity, actor: Actor, view: View) -> dict[str, str]:
    """What the view says, without columns and order that this reader may not see."""
    texts = view.texts
    kept = []
    for name in texts["columns"].split(","):
        with suppress(ListError):
            kept += [column.name for column in choose(entity, actor, name)] if name else []
    texts["columns"] = ",".join(dict.fromkeys(kept))
    try:
        read_sort(entity, actor, texts["sort"])
    except ListError:
        texts["sort"] = ""
    return {name: text for name, text in texts.items() if text and name not in ("display", SCALE)}


def default_key(params: QueryDict, chosen: str, page_own: frozenset[str]) -> str:
    """The view that opens with a list whose address asks for nothing; blank for none."""
    return "" if any(name not in page_own for name in params) else chosen
