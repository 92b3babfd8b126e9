"""What all chapters of the demo share: chance with a seed, the people, and a memory of when each thing is said to have happened."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from zhike.core import company
from zhike.core.actors import Actor, Via
from zhike.core.entities import registry
from zhike.core.entities.fields import TAGS
from zhike.identity.models import User

# The story begins a year and a half ago.
DAYS = 540


@dataclass
class Story:
    """One telling. `scale` makes a smaller company for tests; `created` remembers by slug and id when a record was made."""

    chance: random.Random
    people: dict[str, User] = field(default_factory=dict)
    scale: float = 1.0
    created: dict[str, dict[int, datetime]] = field(default_factory=dict)

    def number(self, whole: int) -> int:
        """So many of something, at this scale."""
        return max(4, round(whole * self.scale))

    def day(self, *, within: int = DAYS, least: int = 1) -> date:
        """A working day of the past, the recent ones likelier."""
        ago = least + int((within - least) * self.chance.random() ** 1.4)
        found = company.today() - timedelta(days=ago)
        return found - timedelta(days=max(0, found.weekday() - 4))

    def moment(self, day: date) -> datetime:
        """A moment of the working hours of that day; of the day before where it would lie ahead."""
        found = self.hour(day)
        return found if found < datetime.now(company.zone()) else found - timedelta(days=1)

    def hour(self, day: date) -> datetime:
        """A moment of the working hours of that day, in the company's zone."""
        at = time(self.chance.randint(9, 17), self.chance.choice((0, 10, 15, 20, 30, 40, 45)))
        return datetime.combine(day, at, company.zone())

    def happened(self, row: Any, at: datetime) -> None:
        """Remember when the record is said to have been made; `past.tell` writes it down."""
        self.created.setdefault(registry.of(row).slug, {})[row.pk] = at

    def tags(self, words: Sequence[str]) -> dict[str, list[str]]:
        """One or two of these tags on two records of five, as `Record.custom` holds them."""
        count = self.chance.choices((0, 1, 2), (60, 28, 12))[0]
        return {TAGS: self.chance.sample(words, count)} if count else {}

    def mobile(self) -> str:
        return f"1{self.chance.choice(('38', '39', '52', '86', '77'))}{self.chance.randint(10_000_000, 99_999_999)}"

    def person_name(self) -> tuple[str, str, str]:
        """Name, job title, and how the person is called."""
        from zhike.sales.demo import names

        surname = self.chance.choice(names.SURNAMES)
        title, called = self.chance.choice(names.TITLES)
        return f"{surname}{self.chance.choice(names.GIVEN)}", title, f"{surname}{called}"


def as_seller(user: User) -> Actor:
    """What a demo person does is logged as his."""
    return Actor.of(user, Via.SHELL)
