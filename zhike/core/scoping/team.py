"""Record teams: people added to one record beside its owner, to read it or to work on it."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _


class TeamMember(models.Model):
    """One person's place in one record's team. `reason` says where it came from; `manual` is a person's own decision."""

    class Level(models.TextChoices):
        READ = "read", _("may read")
        WRITE = "write", _("may change")

    entity = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    level = models.CharField(max_length=10, choices=Level, default=Level.READ)
    reason = models.CharField(max_length=60, default="manual")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "record_id", "user", "reason"], name="team_member_once"),
        ]
        indexes = [models.Index(fields=["user", "entity", "level", "record_id"], name="team_by_user")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.entity} {self.record_id} ({self.level})"


def grant(
    entity: str, pairs: Iterable[tuple[int, int]], *, reason: str, level: TeamMember.Level = TeamMember.Level.READ
) -> None:
    """Put people into teams: `pairs` of (record id, user id). Being there already is fine."""
    TeamMember.objects.bulk_create(
        [
            TeamMember(entity=entity, record_id=record_id, user_id=user_id, reason=reason, level=level)
            for record_id, user_id in sorted(set(pairs))
        ],
        ignore_conflicts=True,
    )


def withdraw(entity: str, pairs: Iterable[tuple[int, int]], *, reason: str) -> None:
    """Take people out of teams again, only where `reason` put them."""
    by_user: dict[int, list[int]] = {}
    for record_id, user_id in pairs:
        by_user.setdefault(user_id, []).append(record_id)
    for user_id, record_ids in by_user.items():
        TeamMember.objects.filter(entity=entity, user_id=user_id, reason=reason, record_id__in=record_ids).delete()


def team_of(entity: str, record_id: int) -> models.QuerySet[TeamMember]:
    """The team of one record, people first."""
    return (
        TeamMember.objects.filter(entity=entity, record_id=record_id).select_related("user").order_by("user_id", "id")
    )


def shared_with(entity: str, user_id: int | None, *, to_write: bool) -> models.QuerySet[TeamMember, int]:
    """Ids of the entity's records in whose team the user stands, as a sub-select."""
    rows = TeamMember.objects.filter(entity=entity, user=user_id)
    if to_write:
        rows = rows.filter(level=TeamMember.Level.WRITE)
    return rows.values_list("record_id", flat=True)


def shared_keys(user_id: int | None, *, to_write: bool) -> models.QuerySet[TeamMember, str]:
    """Keys ("customers:42") of the records of every kind in whose team the user stands, as a sub-select."""
    rows = TeamMember.objects.filter(user=user_id)
    if to_write:
        rows = rows.filter(level=TeamMember.Level.WRITE)
    text = models.CharField()
    key = Concat("entity", models.Value(":"), Cast("record_id", text), output_field=text)
    return rows.values_list(key, flat=True)
