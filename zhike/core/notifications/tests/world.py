"""What the tests of notifications share: the moment, the customers, and how to hear what was told."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core import mail

from zhike.core import writes
from zhike.core.actors import Actor, Via
from zhike.core.events.models import Event
from zhike.core.notifications import reading
from zhike.core.notifications.subscribers import hear
from zhike.core.record_keys import key_of
from zhike.core.testing import samples
from zhike.customers.models import Customer
from zhike.identity.models import User

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai


class FakeClock:
    """The moment that everything takes for now."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def go(self, **passed: float) -> None:
        self.moment += timedelta(**passed)


def customer_of(user: User, name: str = "Acme") -> Any:
    made = samples.make("customers", user, f"acme-{samples.serial()}")
    Customer.objects.filter(pk=made.pk).update(name=name)
    made.refresh_from_db()
    return made


def told(user: User) -> list[str]:
    return [each.text for each in reading.tell(Actor.of(user, Via.PAGE), list(reading.in_app(user.pk)))]


def comment_on(actor: Actor, row: Any, text: str, mentions: list[int]) -> Any:
    from zhike.activities.models import Comment

    return writes.create(actor, Comment(about=key_of(row), text=text, mentions=mentions))


def mails_to(user: User) -> list[str]:
    return [str(each.subject) for each in mail.outbox if each.to == [f"{user.username}@example.com"]]


class Ears:
    """What the dispatcher does, for events of a transaction that is still open."""

    newest = 0

    def pass_over(self) -> None:
        """What was before does not matter."""
        self.newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def __call__(self) -> None:
        for event in Event.objects.filter(pk__gt=self.newest).order_by("pk"):
            hear(event)
            self.newest = event.pk


hear_all = Ears()
