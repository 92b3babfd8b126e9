"""A file as the database knows it; its bytes lie in the store (`core.files.store`) under a name nobody can guess."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhike.core.records import AttachedRecord


class File(AttachedRecord):
    """A file about a record. `content_type` is what its bytes say, never what its sender said; `size` is in bytes."""

    has_doer = False

    name = models.CharField(_("file name"), max_length=200)
    description = models.CharField(_("description"), max_length=300, blank=True, default="")
    content_type = models.CharField(_("content type"), max_length=100, editable=False)
    size = models.BigIntegerField(_("size in bytes"), editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    stored_name = models.CharField(max_length=64, editable=False)
    # The field that it was uploaded for or stands in ("customers.cf_licence"), whose rights then hold for it; blank for others.
    # Without a record it waits for the form of the person who uploaded it to be saved.
    field = models.CharField(max_length=90, blank=True, default="", editable=False)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [models.UniqueConstraint(fields=["stored_name"], name="file_stored_once")]
        indexes = [
            models.Index(fields=["about", "-id"], name="file_of_record"),
            models.Index(fields=["anchor", "-id"], name="file_of_anchor"),
            models.Index(fields=["party_id", "-id"], name="file_of_party", condition=models.Q(party_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name
