"""The keys by which other systems and imports know our records."""

from django.db import models


class ExternalKey(models.Model):
    """`system` calls this record `key`. `fingerprint` is what the last import wrote, so that an equal row changes nothing.

    `batch_id` names the import that brought the key, so that undoing it takes the key away.
    """

    entity = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    system = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    batch_id = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "system", "key"], name="external_key_once")]
        indexes = [
            models.Index(fields=["entity", "record_id"], name="external_key_of_record"),
            models.Index(fields=["batch_id", "id"], name="external_key_of_batch", condition=~models.Q(batch_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.system}: {self.key}"
