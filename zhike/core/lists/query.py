"""What is asked of a list: read from a page's address or from the API, checked against what this reader may do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from zhike.core import conditions
from zhike.core.actors import Actor
from zhike.core.conditions import Condition, ConditionError
from zhike.core.entities import Entity
from zhike.core.lists import columns as column_choice
from zhike.core.lists.columns import Column
from zhike.core.lists.errors import ListError
from zhike.core.lists.filters import Filter, grouped, read_filter
from zhike.core.lists.ordering import Order, SortKey, order_of, read_sort
from zhike.core.lists.tabs import is_tab, tab_condition

Parameters = QueryDict | Mapping[str, str | Sequence[str]]
DEFAULT_SIZE = 50
MAX_SIZE = 200
# Rows that may be passed over to reach a page by its number; cursors go as deep as one likes.
MAX_DEPTH = 5_000_000
MAX_SEARCH = 200
MAX_FILTERS = 60
_PLACE = frozenset({"page", "after", "before"})
# Which saved view the address means, and how the list is shown: read by those who know of them.
VIEW, DISPLAY = "view", "display"
# How many days a calendar shows, and which one among them.
SCALE, DAY = "scale", "day"
_RESERVED = frozenset(
    {"q", "condition", "tab", "sort", "size", "columns", "totals", VIEW, DISPLAY, SCALE, DAY, *_PLACE}
)
_YES = ("1", "true")


@dataclass(frozen=True, kw_only=True)
class ListQuery:
    """One question to one list. Made by `parse` (a page's address) or `make` (the API); `reading.read` answers it."""

    entity: Entity
    actor: Actor
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    condition: Condition | None = None
    q: str = ""
    tab: str = ""
    sort: tuple[SortKey, ...] = ()
    page: int = 1
    size: int = DEFAULT_SIZE
    after: str = ""
    before: str = ""
    with_totals: bool = False
    mistakes: tuple[ListError, ...] = ()
    # A filter could not be read, so that any row shown might be one that was not asked for.
    shows_nothing: bool = False
    ids: frozenset[int] | None = None
    parameters: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    # The same with what a view said where the address said nothing.
    effective: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @classmethod
    def parse(
        cls,
        entity: Entity,
        actor: Actor,
        params: Parameters,
        *,
        page_own: frozenset[str] = frozenset(),
        strict: bool = True,
        defaults: Mapping[str, str] | None = None,
    ) -> "ListQuery":
        """Read the parameters of an address; those of `page_own` are skipped, blank filters are none.

        `defaults` hold where the address does not name them, even blank: what a saved view says.
        Raises `ListError` at the first that is not right; with `strict=False` it is left out and told in `mistakes`.
        """
        given = {name: values for name, values in read_parameters(params).items() if name not in page_own}
        said = {name: (text,) for name, text in (defaults or {}).items()}
        query = _Reader(entity, actor, strict).query(said | given)
        # Beside a view a blank parameter says something: that it is not as the view has it.
        keeps_blanks = VIEW in given
        kept = tuple(
            (name, value)
            for name, values in given.items()
            for value in values
            if value or (keeps_blanks and name in _RESERVED)
        )
        return replace(query, parameters=kept)

    @classmethod
    def make(
        cls,
        entity: Entity,
        actor: Actor,
        *,
        condition: str | Mapping[str, object] | Condition | None = None,
        q: str = "",
        sort: str = "",
        after: str = "",
        before: str = "",
        page: int = 1,
        size: int = DEFAULT_SIZE,
        columns: str = "",
        tab: str = "",
        with_totals: bool = False,
    ) -> "ListQuery":
        """The same from single values, for the API and for panels. Raises `ListError`."""
        texts = {
            "q": q, "sort": sort, "after": after, "before": before, "page": str(page), "size": str(size),
            "columns": columns, "tab": tab, "totals": "1" if with_totals else "",
        }  # fmt: skip
        query = _Reader(entity, actor, strict=True).query({name: (text,) for name, text in texts.items() if text})
        return query if condition is None else replace(query, condition=_read_condition(entity, actor, condition))

    @property
    def is_filtered(self) -> bool:
        """Whether filters narrow the list, besides its tab."""
        return bool(self.filters or self.condition or self.q or self.shows_nothing)

    @property
    def order(self) -> Order:
        return order_of(self.entity, self.sort)

    @property
    def sort_text(self) -> str:
        return ",".join(map(str, self.sort))

    def narrowed(self, condition: str | Mapping[str, object] | Condition) -> "ListQuery":
        """The same question with one more condition that has to hold. Raises `ListError`."""
        more = _read_condition(self.entity, self.actor, condition)
        if self.condition is None:
            return replace(self, condition=more)
        both = {"all": [dict(self.condition.raw), dict(more.raw)]}
        return replace(self, condition=_read_condition(self.entity, self.actor, both))

    def only(self, *ids: int) -> "ListQuery":
        """The same question about these records alone: ticked rows, one record."""
        return replace(self, ids=frozenset(ids))

    def link(self, **changes: str | int | Sequence[str] | None) -> str:
        """The address with these parameters replaced (None removes one), such as `?stage=3&page=2`.

        Another filter, order or size starts again at the first page.
        """
        dropped = set(changes) | (set() if set(changes) <= _PLACE else _PLACE)
        if "page" in changes:
            dropped |= _PLACE
        kept = [(name, value) for name, value in self.parameters if name not in dropped]
        for name, value in changes.items():
            values = [value] if isinstance(value, (str, int)) else value or ()
            kept += [(name, str(each)) for each in values]
        return f"?{urlencode(kept)}"

    def sort_link(self, column_name: str) -> str:
        """Where a click on a column's head leads: upwards first, then downwards."""
        upwards = bool(self.sort) and self.sort[0] == SortKey(column_name, descending=False)
        return self.link(sort=f"-{column_name}" if upwards else column_name)

    def refused(self, mistake: ListError) -> "ListQuery":
        """The same question with a mistake that lets nothing be shown."""
        return replace(self, mistakes=(*self.mistakes, mistake), shows_nothing=True)

    @property
    def address(self) -> str:
        """The whole question after the question mark, with what its view says written out and the place left away."""
        left = _PLACE | {VIEW, DISPLAY, SCALE, DAY}
        return urlencode([(name, value) for name, value in self.effective if name not in left])

    def without(self, unwanted: Filter) -> str:
        """The address without one filter."""
        return self.link(**{unwanted.parameter: None})

    def restriction(self) -> Q:
        """Everything that narrows the rows, besides what the actor reaches. Raises `ConditionError`."""
        from zhike.core.search import query as search

        found = tab_condition(self.entity, self.actor, self.tab)
        for each in self.filters:
            found &= conditions.to_q(each.condition, self.actor)
        if self.condition is not None:
            found &= conditions.to_q(self.condition, self.actor)
        if self.q:
            found &= search.matching(self.actor, self.entity, self.q)
        if self.ids is not None:
            found &= Q(pk__in=sorted(self.ids))
        return found & Q(pk__in=[]) if self.shows_nothing else found


def read_parameters(params: Parameters) -> dict[str, tuple[str, ...]]:
    """The parameters of an address with all their values."""
    return grouped(_pairs(params))


def _pairs(params: Parameters) -> Iterable[tuple[str, str]]:
    items = params.lists() if isinstance(params, QueryDict) else params.items()
    for name, values in items:
        for value in [values] if isinstance(values, str) else values:
            yield name, str(value)


def _read_condition(entity: Entity, actor: Actor, raw: str | Mapping[str, object] | Condition) -> Condition:
    try:
        condition = raw if isinstance(raw, Condition) else conditions.parse(entity, raw)
        conditions.check_rights(condition, actor)
    except ConditionError as error:
        raise ListError(f"{error} ({error.path})" if error.path else str(error), "condition") from error
    return condition


class _Reader:
    """Reads one query, gathering what was wrong."""

    def __init__(self, entity: Entity, actor: Actor, strict: bool) -> None:
        self.entity = entity
        self.actor = actor
        self.strict = strict
        self.mistakes: list[ListError] = []
        self.hides = False

    def query(self, given: Mapping[str, tuple[str, ...]]) -> ListQuery:
        one = {name: values[-1] for name, values in given.items()}
        filters = self._filters({name: values for name, values in given.items() if name not in _RESERVED})
        raw, entity, actor = one.get("condition", ""), self.entity, self.actor
        condition = self._filter(lambda: _read_condition(entity, actor, raw), None) if raw else None
        size = self._try(lambda: _number(one, "size", DEFAULT_SIZE, MAX_SIZE), DEFAULT_SIZE)
        after, before = one.get("after", ""), one.get("before", "")
        deepest = 10**9 if after or before else MAX_DEPTH // size
        asked = tuple((name, value) for name, values in given.items() for value in values if value)
        return ListQuery(
            entity=entity,
            actor=actor,
            columns=self._try(
                lambda: column_choice.choose(entity, actor, one.get("columns", "")),
                column_choice.shown_first(entity, actor),
            ),
            filters=filters,
            condition=condition,
            q=self._filter(lambda: _search_text(one.get("q", "")), ""),
            tab=self._filter(lambda: _tab(entity, one.get("tab", "")), ""),
            sort=self._try(lambda: read_sort(entity, actor, one.get("sort", "")), read_sort(entity, actor, "")),
            page=self._try(lambda: _number(one, "page", 1, deepest), 1),
            size=size,
            after=after,
            before="" if after else before,
            with_totals=one.get("totals", "") in _YES,
            mistakes=tuple(self.mistakes),
            shows_nothing=self.hides,
            parameters=asked,
            effective=asked,
        )

    def _filters(self, given: Mapping[str, tuple[str, ...]]) -> tuple[Filter, ...]:
        if len(given) > MAX_FILTERS:
            self._filter(_too_many, None)
            return ()
        found = []
        for name, values in given.items():
            read = self._filter(
                lambda name=name, values=values: read_filter(self.entity, self.actor, name, values), None
            )
            if read is not None:
                found.append(read)
        return tuple(found)

    def _filter(self, read: Any, otherwise: Any) -> Any:
        """Read something that narrows the list; where it fails nothing is shown, rather than too much."""
        before = len(self.mistakes)
        found = self._try(read, otherwise)
        self.hides = self.hides or len(self.mistakes) > before
        return found

    def _try(self, read: Any, otherwise: Any) -> Any:
        try:
            return read()
        except ListError as error:
            if self.strict:
                raise
            self.mistakes.append(error)
            return otherwise


def _too_many() -> None:
    raise ListError(_("Too many filters at once. Use fewer."))


def _number(one: Mapping[str, str], name: str, default: int, largest: int) -> int:
    text = one.get(name, "")
    if not text:
        return default
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0
    if not 1 <= number <= largest:
        raise ListError(
            _("“%(name)s” must be a number from 1 to %(largest)d.") % {"name": name, "largest": largest}, name
        )
    return number


def _search_text(text: str) -> str:
    if len(text) > MAX_SEARCH or "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ListError(_("Search for a shorter text, without control characters."), "q")
    return text.strip()


def _tab(entity: Entity, name: str) -> str:
    if name and not is_tab(entity, name):
        raise ListError(_("This list has no tab “%(name)s”.") % {"name": name[:60]}, "tab")
    return name
