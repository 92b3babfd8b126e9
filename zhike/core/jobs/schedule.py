"""What runs by the clock: each slot of a schedule asks for its job once, however many schedulers there are."""

import logging
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhike.core import company
from zhike.core.actors import Actor, Via
from zhike.core.jobs import queue
from zhike.core.jobs.kinds import ScheduledJob, schedules
from zhike.core.jobs.models import Job, ScheduledSlot

log = logging.getLogger(__name__)


def tick(now: datetime | None = None) -> list[Job]:
    """Ask for every job whose slot has come since the last one that was run.

    Of missed slots only the latest is made up for. A schedule met for the first time waits for its next slot. `now`
    is an aware moment, the present by default.
    """
    moment = now or timezone.now()
    zone = company.zone()
    return [job for each in schedules() if (job := _run_due(each, latest_slot(each.cron, moment, zone)))]


def _run_due(schedule: ScheduledJob, slot: datetime) -> Job | None:
    newest = ScheduledSlot.objects.filter(name=schedule.name).order_by("-slot").first()
    if newest is not None and newest.slot >= slot:
        return None
    try:
        with transaction.atomic():
            row = ScheduledSlot.objects.create(name=schedule.name, slot=slot)
            if newest is None:
                return None
            row.job = queue.enqueue(Actor.system(Via.JOB), schedule.kind, schedule.arguments)
            row.save(update_fields=["job"])
            return row.job
    except IntegrityError:  # another scheduler was quicker
        return None


def latest_slot(cron: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The newest slot of `cron` that is not after `now`, as a moment in UTC.

    A fixed hour is read off the wall clock, so that a day on which the clock goes back has it once. Where every hour
    counts, time goes on evenly and the clock's jumps are ignored. (croniter alone doubles the one and halts the
    other.)
    """
    from croniter import croniter

    local = now.astimezone(zone)
    wall = local.replace(tzinfo=None, fold=0)
    # The previous slot before the next second is the latest one that is not in the future.
    slot: datetime = croniter(cron, wall.replace(microsecond=0) + timedelta(seconds=1)).get_prev(datetime)
    if cron.split()[1].startswith("*"):
        offset = local.utcoffset() or timedelta()
        return (slot - offset).replace(tzinfo=UTC)
    return slot.replace(tzinfo=zone).astimezone(UTC)
