"""Views that come with Zhike: an app contributes them from its `entities.py`, in the words of the condition language."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from zhike.core.entities import Contribution, Label


@dataclass(frozen=True, kw_only=True)
class ShippedView(Contribution):
    """A view of entity `slug` that everyone finds in its list; it is opened by `?view=name`, which is never only digits.

    Blank columns and sort are the list's own. `module`: the view is there while that module is on too.
    """

    slug: str
    name: str
    label: Label
    condition: Mapping[str, object] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    sort: str = ""
    tab: str = ""
    module: str = ""
