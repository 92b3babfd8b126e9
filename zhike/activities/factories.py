"""Activities, tasks and comments for tests."""

from datetime import UTC, date, datetime
from typing import Any

from zhike.core.record_keys import key_of
from zhike.core.testing import samples
from zhike.core.testing.samples import Sample


def _about(owner: Any, mark: str) -> str:
    """The key of a customer of the same owner."""
    return key_of(samples.make("customers", owner, f"{mark}-{samples.serial()}"))


def task_values(owner: Any, mark: str) -> samples.Values:
    return {
        "about": _about(owner, mark),
        "due_on": date(2027, 3, 31),
        "due_at": datetime(2027, 3, 31, 6, 30, tzinfo=UTC),
        "remind_at": datetime(2027, 3, 30, 1, 0, tzinfo=UTC),
        "priority": "3_high",
        "status": "open",
        "owner": owner,
    }


def activity_values(owner: Any, mark: str) -> samples.Values:
    """Planned, so that it can be completed."""
    return {
        "about": _about(owner, mark),
        "kind": "visit",
        "starts_at": datetime(2027, 3, 31, 6, 30, tzinfo=UTC),
        "ends_at": datetime(2027, 3, 31, 7, 30, tzinfo=UTC),
        "is_done": False,
        "importance": "3_high",
        "next_step_on": date(2027, 4, 7),
        "owner": owner,
    }


def comment_values(owner: Any, mark: str) -> samples.Values:
    return {"about": _about(owner, mark)}


def _postponed(_row: Any, _person: Any) -> samples.Values:
    return {"due_on": date(2027, 4, 30)}


def _assigned(_row: Any, person: Any) -> samples.Values:
    return {"owner": person}


def _completed(_row: Any, _person: Any) -> samples.Values:
    return {"outcome": "interested", "content": "they want an offer"}


def _rescheduled(_row: Any, _person: Any) -> samples.Values:
    return {"starts_at": datetime(2027, 4, 1, 6, 30, tzinfo=UTC)}


samples.register(
    Sample(
        slug="tasks",
        values=task_values,
        change="description",
        other="name",
        verbs={"postpone": _postponed, "assign": _assigned},
    ),
    Sample(
        slug="activities",
        values=activity_values,
        change="place",
        other="participants",
        verbs={"complete": _completed, "reschedule": _rescheduled},
    ),
    Sample(slug="comments", values=comment_values, change="text", other="text"),
)
