"""What each person looked at lately. Noted by a small request of its own after the page is shown, since reading writes nothing."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from zhike.core.actors import Actor
from zhike.core.fields import RecordKeyField

KEPT = 50


class Viewed(models.Model):
    """One record that one person looked at, and when last."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    record = RecordKeyField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "record"], name="viewed_once")]
        indexes = [models.Index(fields=["user", "-at"], name="viewed_lately")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.record}"


def note(actor: Actor, key: str) -> None:
    """Remember that the actor looked at a record he reaches; of each person the newest 50 are kept. It makes no event."""
    if actor.user_id is None:
        return
    mine = Viewed.objects.filter(user=actor.user_id)
    Viewed.objects.update_or_create(user_id=actor.user_id, record=key, defaults={"at": timezone.now()})
    oldest = mine.order_by("-at", "-pk").values_list("pk", flat=True)[KEPT : KEPT + 20]
    mine.filter(pk__in=list(oldest)).delete()


def lately(actor: Actor, limit: int) -> list[tuple[str, datetime]]:
    """Keys of what the actor looked at, newest first, with the moments. They may be out of his reach by now."""
    rows = Viewed.objects.filter(user=actor.user_id).order_by("-at", "-pk")
    return list(rows.values_list("record", "at")[:limit])
