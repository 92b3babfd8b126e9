"""Telling people of their tasks: at the time they asked for, on the day a task is due, and each day that it is overdue."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhike.activities.models import Task
from zhike.core import company
from zhike.core.actors import Actor, Via
from zhike.core.entities import contribute
from zhike.core.jobs import JobContext, JobKind, NoArguments, ScheduledJob
from zhike.core.notifications.sending import notify

_AT_ONCE = 200


def _remind(job: JobContext[NoArguments]) -> None:
    """Whoever is told is marked in the same transaction, so that a run that is repeated tells nobody twice."""
    while True:
        rows = list(_waiting()[:_AT_ONCE])
        if not rows:
            return
        with job.batch() as batch:
            for task in rows:
                batch.count()
                tell(task)


def _waiting() -> QuerySet[Task]:
    """Open tasks with an owner that are due by today and not told of today, or whose reminder has come."""
    today, now = company.today(), timezone.now()
    due = Q(due_on__lte=today) & (Q(told_on__isnull=True) | Q(told_on__lt=today))
    reminded = Q(remind_at__lte=now, reminded_at__isnull=True)
    open_tasks = Task.objects.filter(deleted_at__isnull=True, status__in=Task.OPEN_STATES, owner__isnull=False)
    return open_tasks.filter(due | reminded).order_by("pk")


def tell(task: Task) -> int:
    """Tell a task's owner, once a day at most and once for each reminder. Returns how many were told."""
    today, now = company.today(), timezone.now()
    is_late = task.due_on is not None and task.due_on < today
    reminds = task.remind_at is not None and task.remind_at <= now and task.reminded_at is None
    once = f"task:{task.pk}:{task.remind_at.isoformat()}" if reminds and task.remind_at else f"task:{task.pk}:{today}"
    kept: dict[str, Any] = {"reminded_at": now} if reminds else {}
    if task.due_on is not None and task.due_on <= today:
        kept["told_on"] = today
    if not kept:
        return 0
    if not Task.objects.filter(pk=task.pk, told_on=task.told_on, reminded_at=task.reminded_at).update(**kept):
        return 0  # another run was quicker
    words = {"due_on": task.due_on} if task.due_on is not None else {"due_on": company.day_of(now)}
    return notify(
        Actor.system(Via.JOB), [task.owner_id], "overdue" if is_late else "due", about=task, words=words, once=once
    )


REMIND = JobKind(
    name="activities.remind",
    label=_("tell people of tasks that are due"),
    arguments=NoArguments,
    run=_remind,
    right="settings.company",
)
contribute(REMIND)
contribute(ScheduledJob(name="activities.remind", cron="*/10 * * * *", kind=REMIND))
