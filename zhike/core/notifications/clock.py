"""When a person may be mailed: outside his quiet hours, by the clock on his wall."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from zhike.core import company
from zhike.core.notifications.models import NotificationTimes


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One person's zone and hours."""

    zone: ZoneInfo
    quiet_from: time | None = None
    quiet_to: time | None = None
    digest_hour: int = 8

    def may_mail_at(self, moment: datetime) -> datetime:
        """The moment itself, or the end of the quiet hours in which it lies; aware, in UTC."""
        from datetime import UTC

        local = moment.astimezone(self.zone)
        if not self.is_quiet(local.time()):
            return moment
        end = self._end_of_quiet(local)
        return max(end.astimezone(UTC), moment)

    def is_quiet(self, wall: time) -> bool:
        """Whether the wall clock shows quiet hours. They begin at `quiet_from` and are over at `quiet_to`."""
        begin, end = self.quiet_from, self.quiet_to
        if begin is None or end is None or begin == end:
            return False
        return begin <= wall < end if begin < end else wall >= begin or wall < end

    def _end_of_quiet(self, local: datetime) -> datetime:
        assert self.quiet_to is not None  # noqa: S101  (asked for in quiet hours only)
        day = local.date() + timedelta(days=0 if local.time() < self.quiet_to else 1)
        end = datetime.combine(day, self.quiet_to, tzinfo=self.zone)
        # The night the clock goes back has this hour twice: it is the second one when the first is over.
        return end if end.timestamp() > local.timestamp() else end.replace(fold=1)

    def today(self, moment: datetime) -> date:
        """The day on the person's calendar."""
        return moment.astimezone(self.zone).date()

    def digest_is_due(self, moment: datetime, digested_on: date | None) -> bool:
        """Whether the daily mail is to go out now: its hour has come, today's has not gone, and nobody is asleep."""
        local = moment.astimezone(self.zone)
        if local.hour < self.digest_hour or self.is_quiet(local.time()):
            return False
        return digested_on is None or digested_on < local.date()


def clock_of(user: Any, times: NotificationTimes | None, default: NotificationTimes | None) -> Clock:
    """The clock of a person; what he has not chosen is the company's."""
    chosen = times or default or NotificationTimes()
    return Clock(
        zone=_zone_of(user),
        quiet_from=chosen.quiet_from,
        quiet_to=chosen.quiet_to,
        digest_hour=chosen.digest_hour,
    )


def _zone_of(user: Any) -> ZoneInfo:
    name = getattr(user, "time_zone", "")
    try:
        return ZoneInfo(name) if name else company.zone()
    except (ZoneInfoNotFoundError, ValueError):
        return company.zone()  # a zone that this machine does not know: the company's is near enough
