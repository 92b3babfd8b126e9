"""Lists: what is asked for in an address, which rows answer it, and in which order."""

from zhike.core.lists.columns import Column, available
from zhike.core.lists.counting import Total
from zhike.core.lists.errors import ListError
from zhike.core.lists.filters import Filter
from zhike.core.lists.labels import Related, related_labels
from zhike.core.lists.ordering import SortKey
from zhike.core.lists.query import ListQuery
from zhike.core.lists.reading import ListPage, PageNumber, matching, matching_ids, ordered, read
from zhike.core.lists.rows import Cell, Row
from zhike.core.lists.tabs import Tab, tabs_of

__all__ = [
    "Cell",
    "Column",
    "Filter",
    "ListError",
    "ListPage",
    "ListQuery",
    "PageNumber",
    "Related",
    "Row",
    "SortKey",
    "Tab",
    "Total",
    "available",
    "matching",
    "matching_ids",
    "ordered",
    "read",
    "related_labels",
    "tabs_of",
]
