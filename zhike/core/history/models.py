"""The history of state, with business dates."""

from django.db import models


class StateChange(models.Model):
    """`field` of a record went from `old` to `new` on the business day `effective_on`.

    Values are the stable text of core.history.as_text; blank is the empty string. `sequence` orders changes of one day.
    `event` is a bare number, so that the event log can be partitioned some day.
    """

    entity = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    field = models.CharField(max_length=60)
    old = models.CharField(max_length=200, blank=True, default="")
    new = models.CharField(max_length=200, blank=True, default="")
    effective_on = models.DateField()
    sequence = models.PositiveIntegerField(default=0)
    recorded_at = models.DateTimeField()
    event = models.BigIntegerField(null=True)
    batch_id = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        indexes = [
            # With all that "as of a day" looks at, so that it reads the index alone.
            models.Index(fields=["entity", "field", "record_id", "-effective_on", "-id", "new"], name="state_as_of"),
            models.Index(fields=["entity", "record_id"], name="state_of_record"),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.record_id}.{self.field} → {self.new} on {self.effective_on}"
