"""The abstract models every record stands on.

`OwnedRecord` has an owner and a department; `PartRecord` belongs to an owned record (its anchor) and copies that one's reach;
`AttachedRecord` (a task, a comment, a file) is about any other record and copies that one's reach; `SharedRecord` is seen whole by
everyone with the view right. Which rows a person reaches is decided in `core.scoping` alone.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.core.entities.kinds import RecordKind
from zhike.core.fields import RecordKeyField
from zhike.core.scoping.querysets import RecordQuerySet


class Record(models.Model):
    """What every record has. `version` counts the changes a person would recognise; ids are never reused."""

    created_at = models.DateTimeField(_("created at"), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    updated_at = models.DateTimeField(_("updated at"), editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("updated by"),
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    # Rows deleted together come back together.
    deletion_id = models.UUIDField(null=True, editable=False)
    custom = models.JSONField(default=dict, blank=True, editable=False)

    record_kind: ClassVar[RecordKind] = RecordKind.SHARED

    objects: Any = RecordQuerySet.as_manager()

    class Meta:
        abstract = True


class OwnedRecord(Record):
    """A record that somebody answers for. Without owner its department's people see it; without both, everyone with the right."""

    record_kind: ClassVar[RecordKind] = RecordKind.OWNED

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    # The owner's department when ownership was given; it does not follow him when he moves.
    department = models.ForeignKey(
        "identity.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )

    class Meta:
        abstract = True


class PartRecord(Record):
    """A record inside another (its anchor, named by `Entity.part_of`). It copies the anchor's owner and department."""

    record_kind: ClassVar[RecordKind] = RecordKind.PART

    reach_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    reach_department = models.ForeignKey(
        "identity.Department", models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True


class AttachedRecord(Record):
    """A record about another one. Whoever reaches that one, or does this one (`owner`), reaches it.

    `core.attachment` keeps `anchor` (the owned record whose team counts: for a contact its customer), `party_id` (the customer
    whose timeline it stands in) and the reach. A model with a column `is_private` is its owner's alone where that is set.
    """

    record_kind: ClassVar[RecordKind] = RecordKind.ATTACHED
    # Whoever makes it does it, unless another is named. A comment or a file belongs to its record, and has no owner.
    has_doer: ClassVar[bool] = True

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    department = models.ForeignKey(
        "identity.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    about = RecordKeyField(_("about"))
    anchor = RecordKeyField(editable=False)
    party_id = models.BigIntegerField(null=True, editable=False)
    reach_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    reach_department = models.ForeignKey(
        "identity.Department", models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True


class SharedRecord(Record):
    """Configuration and catalogue: who may view one row may view all."""

    class Meta:
        abstract = True
