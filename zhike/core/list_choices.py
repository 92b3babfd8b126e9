"""How each person likes each list: its columns, how many rows a page holds, and in which unit amounts stand."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models


class ListChoice(models.Model):
    """One person's choices for one list. Blank columns are the entity's own; size 0 is the usual one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    list_name = models.CharField(max_length=60)
    columns = models.CharField(max_length=2000, blank=True, default="")
    size = models.PositiveSmallIntegerField(default=0)
    in_ten_thousands = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "list_name"], name="list_choice_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.list_name}"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The choices in force."""

    columns: str = ""
    size: int = 0
    in_ten_thousands: bool = False


def chosen(user_id: int | None, list_name: str) -> Choice:
    """What the person chose for that list; the usual where he chose nothing."""
    row = (
        ListChoice.objects.filter(user=user_id, list_name=list_name)
        .values("columns", "size", "in_ten_thousands")
        .first()
    )
    return Choice(**row) if row else Choice()


def keep(user_id: int, list_name: str, choice: Choice) -> None:
    """Remember the choices. They are a preference of one person and make no event."""
    ListChoice.objects.update_or_create(
        user_id=user_id,
        list_name=list_name,
        defaults={"columns": choice.columns, "size": choice.size, "in_ten_thousands": choice.in_ten_thousands},
    )
