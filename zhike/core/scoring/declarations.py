"""Which records get points, as apps contribute it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhike.core.entities import Contribution, Entity, registry


@dataclass(frozen=True, kw_only=True)
class ScoreTarget(Contribution):
    """Rows of entity `slug` (its model has the columns of `Scored`) get points while `state` is one of `open_states`.

    Rows in another state keep the points they had: a judgement that was acted on does not change afterwards.
    """

    slug: str
    state: str
    open_states: frozenset[str]

    @property
    def entity(self) -> Entity:
        return registry.get(self.slug)

    def is_open(self, row: Any) -> bool:
        return getattr(row, self.state) in self.open_states

    @property
    def open_rows(self) -> Mapping[str, object]:
        """The same as a filter."""
        return {f"{self.state}__in": sorted(self.open_states)}


def targets() -> list[ScoreTarget]:
    return registry.contributions(ScoreTarget)


def target_of(slug: str) -> ScoreTarget | None:
    return next((each for each in targets() if each.slug == slug), None)
