"""Fields an administrator adds, what he changed of the built-in ones, and the index that makes custom values quick to find.

The truth about a custom value is `Record.custom`; `CustomValue` repeats those that lists filter and sort by.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CustomKind(models.TextChoices):
    """What an administrator can choose; each becomes one kind of `FieldKind`."""

    TEXT = "text", _("text")
    LONG_TEXT = "long_text", _("long text")
    INTEGER = "integer", _("whole number")
    DECIMAL = "decimal", _("number with decimals")
    MONEY = "money", _("amount of money")
    DATE = "date", _("day")
    MOMENT = "moment", _("day and time")
    CHOICE = "choice", _("one choice of a list")
    MULTI_CHOICE = "multi_choice", _("several choices of a list")
    BOOLEAN = "boolean", _("yes or no")
    USER = "user", _("person")
    DEPARTMENT = "department", _("department")
    RECORD = "record", _("record of another kind")
    REGION = "region", _("region")
    PHONE = "phone", _("telephone number")
    EMAIL = "email", _("e-mail address")
    URL = "url", _("web address")
    FILE = "file", _("file")


class Wording(models.Model):
    """What people read of a field, per language; one language is enough for a custom field, none keeps a built-in one's."""

    label_zh = models.CharField(_("Chinese label"), max_length=60, blank=True, default="")
    label_en = models.CharField(_("English label"), max_length=60, blank=True, default="")
    help_zh = models.CharField(_("Chinese help"), max_length=300, blank=True, default="")
    help_en = models.CharField(_("English help"), max_length=300, blank=True, default="")
    # Where it stands in the form and on the page: the key of a `LayoutSection` (blank: the first part), and the order in it.
    section = models.CharField(max_length=20, blank=True, default="")
    position = models.IntegerField(_("order"), null=True, blank=True)
    required = models.BooleanField(_("required"), default=False)
    # The value a new record begins with, as `Record.custom` holds it; null for none.
    default = models.JSONField(_("value of new records"), null=True, blank=True)

    class Meta:
        abstract = True


class CustomField(Wording):
    """One field that an administrator added to an entity. Its key is never given again, so that old values stay readable."""

    entity = models.CharField(max_length=40)
    key = models.CharField(max_length=40)
    kind = models.CharField(_("kind"), max_length=20)
    # Decimals of a number.
    places = models.PositiveSmallIntegerField(_("decimals"), default=2)
    # Choices: the list of options they come from; record links: the slug of the entity.
    option_list = models.CharField(max_length=90, blank=True, default="")
    target = models.CharField(max_length=40, blank=True, default="")
    # Files: several may stand in the field.
    several = models.BooleanField(_("several files"), default=False)
    unique = models.BooleanField(_("no two records alike"), default=False)
    # Lists can be filtered and sorted by it, once the index is filled.
    is_indexed = models.BooleanField(_("can be filtered and sorted"), default=False)
    is_filled = models.BooleanField(default=False)
    # A condition on the record; while it does not hold the field is not shown and not required. Empty: always.
    shown_if = models.JSONField(default=dict, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "key"], name="custom_field_key_once")]

    def __str__(self) -> str:
        return f"{self.entity}.{self.key}"


class CustomValue(models.Model):
    """One custom value as lists look for it: in the column of its kind. Several choices have one row each.

    `live` is false while the record lies in the recycle bin, so that a value which must be unique can be taken meanwhile.
    """

    field = models.ForeignKey(CustomField, models.CASCADE, related_name="+", db_index=False)
    record_id = models.BigIntegerField()
    text = models.CharField(max_length=255, null=True)  # noqa: DJ001 - null: the value stands in another column
    number = models.DecimalField(max_digits=21, decimal_places=6, null=True)
    at = models.DateTimeField(null=True)
    # The value as text, where no two live records may have the same.
    unique_key = models.CharField(max_length=255, null=True)  # noqa: DJ001 - null: need not be unique
    live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["field", "unique_key"], condition=Q(live=True), name="custom_value_once")
        ]
        indexes = [
            models.Index(fields=["record_id", "field"], name="custom_value_of_record"),
            models.Index(
                fields=["field", "text", "record_id"], name="custom_value_text", condition=Q(text__isnull=False)
            ),
            models.Index(
                fields=["field", "number", "record_id"], name="custom_value_number", condition=Q(number__isnull=False)
            ),
            models.Index(fields=["field", "at", "record_id"], name="custom_value_at", condition=Q(at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.field_id}: {self.record_id}"


class FieldSetting(Wording):
    """What an administrator changed of a built-in field."""

    entity = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    is_hidden = models.BooleanField(_("hidden"), default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "name"], name="field_setting_once")]

    def __str__(self) -> str:
        return f"{self.entity}.{self.name}"


class LayoutSection(models.Model):
    """A titled part of an entity's form and page."""

    entity = models.CharField(max_length=40)
    key = models.CharField(max_length=20)
    title_zh = models.CharField(_("Chinese title"), max_length=60, blank=True, default="")
    title_en = models.CharField(_("English title"), max_length=60, blank=True, default="")
    position = models.IntegerField(_("order"), default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity", "key"], name="layout_section_once")]

    def __str__(self) -> str:
        return f"{self.entity}: {self.key}"


class EntityName(models.Model):
    """What the company calls an entity (商机 → 项目). A blank keeps the shipped word."""

    entity = models.CharField(max_length=40, unique=True)
    one_zh = models.CharField(_("Chinese name"), max_length=40, blank=True, default="")
    many_zh = models.CharField(_("Chinese name of many"), max_length=40, blank=True, default="")
    one_en = models.CharField(_("English name"), max_length=40, blank=True, default="")
    many_en = models.CharField(_("English name of many"), max_length=40, blank=True, default="")

    def __str__(self) -> str:
        return self.entity
