"""The left menu as an administrator arranged it."""

from django.db import models


class MenuChoice(models.Model):
    """Where one entry of the left menu stands, and whether it is shown. Entries without a row stay where they were declared."""

    name = models.CharField(max_length=60, unique=True)
    position = models.IntegerField(default=0)
    is_hidden = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name
