"""How each person likes each list: its columns, how many rows a page holds, the unit of amounts, the view it opens with."""

from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import models


class ListChoice(models.Model):
    """One person's choices for one list. Blank columns are the entity's own; size 0 is the usual one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    list_name = models.CharField(max_length=60)
    columns = models.CharField(max_length=2000, blank=True, default="")
    size = models.PositiveSmallIntegerField(default=0)
    in_ten_thousands = models.BooleanField(default=False)
    # The view that opens with the list: a number, the name of one that ships with Zhike, or blank for everything.
    default_view = models.CharField(max_length=80, blank=True, default="")

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
    default_view: str = ""


def chosen(user_id: int | None, list_name: str) -> Choice:
    """What the person chose for that list; the usual where he chose nothing."""
    row = (
        ListChoice.objects.filter(user=user_id, list_name=list_name)
        .values("columns", "size", "in_ten_thousands", "default_view")
        .first()
    )
    return Choice(**row) if row else Choice()


def keep(user_id: int, list_name: str, choice: Choice) -> None:
    """Remember the choices. They are a preference of one person and make no event."""
    ListChoice.objects.update_or_create(
        user_id=user_id,
        list_name=list_name,
        defaults=asdict(choice),
    )


def keep_default(user_id: int, list_name: str, key: str) -> None:
    """Remember which view opens with the list; blank for none."""
    ListChoice.objects.update_or_create(user_id=user_id, list_name=list_name, defaults={"default_view": key})


def forget_default(list_name: str, key: str) -> None:
    """A view is gone: it opens with nobody's list."""
    ListChoice.objects.filter(list_name=list_name, default_view=key).update(default_view="")
