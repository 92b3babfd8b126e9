"""Keys of requests that were answered, so that the same one sent twice takes effect once."""

from datetime import timedelta

from django.conf import settings
from django.db import models

KEPT = timedelta(hours=24)
MAX_KEY = 200


class IdempotencyKey(models.Model):
    """One key of one user: the hash of its request and the answer that was given."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=MAX_KEY)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    content_type = models.CharField(max_length=100, blank=True, default="")
    body = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
