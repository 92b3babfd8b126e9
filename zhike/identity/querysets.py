"""Which people, departments, roles and tokens. Reading for a person starts from `visible_to`; see `core.scoping`."""

from typing import Any, Self

from django.db import models
from django.utils import timezone

from zhike.core.overlay.models import Epoch
from zhike.core.scoping.querysets import RecordQuerySet


class UserQuerySet(RecordQuerySet):
    """People."""

    def active(self) -> Self:
        """Those who may act."""
        return self.filter(state="active")

    def offerable(self) -> Self:
        """Those who may still be chosen as owner, superior or head: employees who have not left."""
        return self.filter(kind="staff").exclude(state="left")

    def with_epoch(self) -> Self:
        """With `epoch_token`, the token of the configuration in force, read in the same statement."""
        return self.annotate(epoch_token=models.Subquery(Epoch.objects.filter(pk=1).values("token")))

    def get_by_natural_key(self, username: str) -> Any:
        """Django's lookup by username; raises `DoesNotExist`."""
        return self.get(username=username)


class DepartmentQuerySet(RecordQuerySet):
    """Departments."""

    def offerable(self) -> Self:
        """Those that are not closed."""
        return self.filter(active=True)

    def in_tree_order(self) -> Self:
        """Siblings by their position, then by name."""
        return self.order_by("position", "name_key", "id")


class RoleQuerySet(RecordQuerySet):
    """Roles."""


class TokenQuerySet(models.QuerySet[Any]):
    """Access tokens. They are no entity: everyone sees his own, administrators see whose they look at."""

    def in_force(self) -> Self:
        """Neither revoked nor expired."""
        return self.filter(revoked_at=None).filter(models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now()))
