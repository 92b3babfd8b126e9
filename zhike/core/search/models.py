"""The one index table of all records."""

from django.db import models


class SearchEntry(models.Model):
    """What search knows of one live record.

    `id` is `store.key_of(slug, record_id)`: entity number and record id in one, so that an entity's entries are one
    range. The tokens stand beside it, made by migration 0002: on PostgreSQL in two `tsvector` columns of this table, on
    SQLite in the FTS5 table `core_searchtokens` under the same rowid. A trigger removes those with the entry; SQLite
    drops triggers when a migration rebuilds a table, so a later migration of this model makes the trigger again.
    """

    id = models.BigIntegerField(primary_key=True)
    record_id = models.BigIntegerField()
    # The reach of the record itself, or of its anchor for a part; null for both means everyone with the right.
    owner_id = models.BigIntegerField(null=True)
    department_id = models.BigIntegerField(null=True)
    # The record whose team counts: itself, or the anchor of a part; null for shared records.
    anchor_id = models.BigIntegerField(null=True)
    # The entry of the record it belongs to (anchor or party), whose name is shown with it.
    context_id = models.BigIntegerField(null=True)
    label = models.CharField(max_length=255)
    number = models.CharField(max_length=60)
    # Open fields that stand for the record: one line each of field name, weight and text, parted by tabs.
    heads = models.TextField()
    # Last change in milliseconds since 1970.
    active_at = models.BigIntegerField()

    def __str__(self) -> str:
        return self.label
