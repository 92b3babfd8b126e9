"""The one doorway to rows."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from zhike.core.actors import Actor
from zhike.core.scoping.lookups import Unindexed


class RecordQuerySet(models.QuerySet[Any]):
    """Rows of a registered entity. Pages, API, jobs and reports start from `visible_to`, never from `all()`."""

    def visible_to(
        self, actor: Actor, action: str = "view", *, deleted: bool = False, in_order: bool = False, scan: bool = False
    ) -> Self:
        """Rows to which `actor` may do `action`: live ones, or with `deleted` those in the recycle bin.

        `in_order` is a hint for a list of which many rows are the actor's: walk the index of the order and leave out
        the others, instead of gathering all of his and sorting them. `scan` is one for an order that no index has: read
        the table from end to end. Both matter on SQLite only.
        """
        from zhike.core.entities import registry
        from zhike.core.scoping.scope import scope

        entity = registry.of(self.model)
        reached = scope(actor, entity, action)
        rows = self.filter(Q(Unindexed(reached)) if in_order and reached else reached)
        if entity.has_column("deleted_at"):
            living = Q(deleted_at__isnull=not deleted)
            rows = rows.filter(Q(Unindexed(living)) if scan else living)
        return rows
