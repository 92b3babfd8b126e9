"""What the settings show of fields, their settings and names, as they are stored: retired ones too."""

from django.db.models import QuerySet

from zhike.core.customfields.models import CustomField, EntityName, FieldSetting


def own_field(slug: str, name: str) -> CustomField | None:
    """The company's own field of that name, in use or retired; None for a built-in one."""
    return CustomField.objects.filter(entity=slug, key=name).first()


def retired_fields(slug: str) -> QuerySet[CustomField]:
    """The company's own fields that forms and lists no longer show, the oldest first."""
    return CustomField.objects.filter(entity=slug, is_active=False).order_by("id")


def setting_of(slug: str, name: str) -> FieldSetting:
    """What was set for a built-in field; a blank one where nothing was."""
    return FieldSetting.objects.filter(entity=slug, name=name).first() or FieldSetting()


def names_of(slug: str) -> EntityName:
    """What the company calls a kind of record; a blank one where it kept the name."""
    return EntityName.objects.filter(entity=slug).first() or EntityName()
