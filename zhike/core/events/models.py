"""The append-only log of everything that changed: audit trail, timeline, trigger and change feed in one."""

from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models.expressions import Func


class CurrentTransaction(Func):
    """The id of the running transaction; 0 on SQLite, where one writer at a time makes id order commit order."""

    function = ""
    template = "0"
    output_field = models.BigIntegerField()

    def as_postgresql(self, _compiler: Any, _connection: Any, **_context: Any) -> tuple[str, list[Any]]:
        return "pg_current_xact_id()::text::bigint", []


def current_transaction() -> int:
    """The number of `CurrentTransaction` as it is now, for rows that are inserted many at a time."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


class Event(models.Model):
    """One change of one record. `changes` maps field to [old, new] in JSON values. Written once, never changed."""

    tx = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    # The business day the change took effect, when it was not the day it was entered.
    effective_on = models.DateField(null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    verb = models.CharField(max_length=60)
    entity = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    # The record's version after the change, so that an editor of an older one can be told what came between.
    version = models.PositiveIntegerField(default=0)
    party_id = models.BigIntegerField(null=True)
    changes = models.JSONField(default=dict)
    note = models.CharField(max_length=500, blank=True, default="")
    via = models.CharField(max_length=20)
    token_id = models.BigIntegerField(null=True)
    batch_id = models.CharField(max_length=40, blank=True, default="")
    request_id = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["tx", "id"], name="event_order"),
            models.Index(fields=["entity", "record_id", "id"], name="event_of_record"),
            models.Index(fields=["party_id", "id"], name="event_of_party", condition=models.Q(party_id__isnull=False)),
            models.Index(fields=["batch_id"], name="event_of_batch", condition=~models.Q(batch_id="")),
            models.Index(fields=["actor", "at"], name="event_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.entity}.{self.verb} {self.record_id}"

    @property
    def name(self) -> str:
        """The event's name as subscribers know it: `opportunities.win`."""
        return f"{self.entity}.{self.verb}"


class EventCursor(models.Model):
    """How far one subscriber has read; moved in the transaction of its effect."""

    subscriber = models.CharField(max_length=100, unique=True)
    tx = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.subscriber} at ({self.tx}, {self.event_id})"


class EventFailure(models.Model):
    """An event that one subscriber could not handle; tried again with growing pauses while the others go on."""

    subscriber = models.CharField(max_length=100)
    event = models.ForeignKey(Event, models.CASCADE, related_name="+")
    attempts = models.PositiveIntegerField(default=1)
    error = models.TextField()
    retry_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "event"], name="event_failure_once")]
        indexes = [models.Index(fields=["retry_at"], name="event_failure_due")]

    def __str__(self) -> str:
        return f"{self.subscriber}: {self.event_id}"
