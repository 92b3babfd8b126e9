"""Who watches what."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from zhike.core.fields import RecordKeyField


class Watch(models.Model):
    """One person watches one record."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    about = RecordKeyField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["about", "user"], name="watch_once")]
        indexes = [models.Index(fields=["user", "-id"], name="watch_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} watches {self.about}"
