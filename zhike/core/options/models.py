"""Options as an administrator changed or added them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Option(models.Model):
    """One option of one list. For a shipped code it holds what was changed.

    Codes in use are switched off or merged, never deleted.
    """

    list_name = models.CharField(max_length=90)  # of a custom field: entity and key
    code = models.CharField(_("code"), max_length=40)
    label_zh = models.CharField(_("Chinese label"), max_length=100, blank=True, default="")
    label_en = models.CharField(_("English label"), max_length=100, blank=True, default="")
    parent = models.CharField(max_length=40, blank=True, default="")
    position = models.IntegerField(_("order"), default=0)
    colour = models.CharField(_("colour"), max_length=20, blank=True, default="")
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list_name", "code"], name="option_code_once")]

    def __str__(self) -> str:
        return f"{self.list_name}: {self.code}"
