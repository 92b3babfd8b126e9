"""Views as they are stored. A person's own configuration: no record, no version, no event for a private one."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Sharing(models.TextChoices):
    """Who finds a view in his list. Whoever does sees its rows with his own rights."""

    PRIVATE = "private", _("only me")
    DEPARTMENT = "department", _("my department")
    EVERYONE = "everyone", _("everyone")


class Display(models.TextChoices):
    """How a list is shown."""

    TABLE = "table", _("table")
    BOARD = "board", _("board")
    CALENDAR = "calendar", _("calendar")


class SavedView(models.Model):
    """One view of one list. `condition` is {} for none; blank columns, sort and size 0 are the list's own.

    `tab` and `q` are the quick tab and the words of the search box it was kept with; `department` is the one it is shared
    with, the owner's at that moment.
    """

    entity = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=80)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False, verbose_name=_("owner")
    )
    shared = models.CharField(_("shared with"), max_length=10, choices=Sharing.choices, default=Sharing.PRIVATE)
    department = models.ForeignKey(
        "identity.Department", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    condition = models.JSONField(default=dict, blank=True)
    tab = models.CharField(max_length=20, blank=True, default="")
    q = models.CharField(max_length=200, blank=True, default="")
    columns = models.CharField(max_length=2000, blank=True, default="")
    sort = models.CharField(max_length=200, blank=True, default="")
    display = models.CharField(max_length=10, choices=Display.choices, default=Display.TABLE)
    # What the display itself wants kept: how many days a calendar shows (`scale`).
    display_settings = models.JSONField(default=dict, blank=True)
    size = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("view")
        verbose_name_plural = _("views")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "entity", "name"],
                name="saved_view_once",
                violation_error_message=_("You already have a view of this name here. Choose another name."),
            )
        ]
        indexes = [models.Index(fields=["entity", "shared"], name="saved_view_shared")]

    def __str__(self) -> str:
        return self.name
