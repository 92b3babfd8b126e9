"""What people do with activities and tasks."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhike.activities.models import Activity, Comment, Task
from zhike.core import company, writes
from zhike.core.actors import Actor
from zhike.identity.models import User


def complete_activity(
    actor: Actor,
    activity: Activity,
    *,
    outcome: str = "",
    content: str = "",
    next_step: str = "",
    next_step_on: date | None = None,
) -> Activity:
    """What was planned took place. A next step becomes a task of the same person.

    What was planned for later took place now. Raises `RuleBroken` when it is done already.
    """
    if activity.is_done:
        raise writes.RuleBroken(_("“%(name)s” is done already. Edit it to add something.") % {"name": activity})
    now = timezone.now()
    if activity.starts_at > now:
        length = None if activity.ends_at is None else activity.ends_at - activity.starts_at
        activity.starts_at = now
        activity.ends_at = None if length is None else now + length
    activity.is_done = True
    activity.outcome = outcome or activity.outcome
    activity.content = "\n\n".join(filter(None, (activity.content, content.strip())))
    activity.next_step, activity.next_step_on = next_step or activity.next_step, next_step_on or activity.next_step_on
    return writes.save(actor, activity, verb="complete")


def reschedule_activity(actor: Actor, activity: Activity, *, starts_at: datetime) -> Activity:
    """Put what is planned to another time; it lasts as long as before. Raises `RuleBroken` when it is done."""
    if activity.is_done:
        raise writes.RuleBroken(_("“%(name)s” is done already and keeps its time.") % {"name": activity})
    if starts_at == activity.starts_at:
        raise writes.RuleBroken(_("It is planned for that time already."), field="starts_at")
    if activity.ends_at is not None:
        activity.ends_at = starts_at + (activity.ends_at - activity.starts_at)
    activity.starts_at = starts_at
    return writes.save(actor, activity, verb="reschedule")


def plan_next_step(actor: Actor, activity: Activity) -> Task | None:
    """Make or move the task that the next step of an activity is. Steps of a day gone by were taken long ago.

    Called with every change of the step; a task that is no longer open stays as it is.
    """
    if not activity.is_done or not (activity.next_step or activity.next_step_on):
        return None
    if activity.next_step_on is not None and activity.next_step_on < company.today():
        return None
    name = activity.next_step or _("Follow up: %(name)s") % {"name": activity}
    task: Task | None = None if activity.follow_up_id is None else Task.objects.filter(pk=activity.follow_up_id).first()
    if task is not None:
        if not task.is_open or task.deleted_at is not None:
            return task
        task.name, task.due_on, task.due_at = name[:200], activity.next_step_on, None
        return writes.save(actor, task, verb="edit")
    with transaction.atomic():
        task = writes.create(
            actor,
            Task(
                name=name[:200],
                due_on=activity.next_step_on,
                about=activity.about,
                owner=activity.owner,
                is_private=activity.is_private,
            ),
        )
        # Derived: which task it became is no change of the activity.
        Activity.objects.filter(pk=activity.pk).update(follow_up=task)
        activity.follow_up = task
    return task


def complete_task(actor: Actor, task: Task) -> Task:
    """It is done. Raises `RuleBroken` when it is done already, or while subtasks are open."""
    if task.status == Task.Status.DONE:
        raise writes.RuleBroken(_("“%(name)s” is done already.") % {"name": task})
    parts = Task.objects.filter(parent_id=task.pk, deleted_at__isnull=True, status__in=Task.OPEN_STATES)
    open_parts = parts.count()
    if open_parts:
        raise writes.RuleBroken(
            _("%(count)d subtasks are still open. Complete or cancel them first.") % {"count": open_parts}
        )
    task.status = Task.Status.DONE
    return writes.save(actor, task, verb="complete")


def reopen_task(actor: Actor, task: Task) -> Task:
    """It is to be done after all. Raises `RuleBroken` while it is open."""
    if task.is_open:
        raise writes.RuleBroken(_("“%(name)s” is still open.") % {"name": task})
    task.status = Task.Status.OPEN
    return writes.save(actor, task, verb="reopen")


def postpone_task(actor: Actor, task: Task, *, due_on: date) -> Task:
    """Do it by another day; the time of day and the reminder move along. Raises `RuleBroken` for a task that is not open."""
    if not task.is_open:
        raise writes.RuleBroken(_("“%(name)s” is not open. Reopen it first.") % {"name": task})
    if due_on == task.due_on:
        raise writes.RuleBroken(_("It is due on that day already."), field="due_on")
    if task.remind_at is not None and task.due_on is not None:
        task.remind_at += due_on - task.due_on
    task.due_on = due_on
    return writes.save(actor, task, verb="postpone")


def assign_task(actor: Actor, task: Task, *, owner: User) -> Task:
    """Another person does it. The actor may lose sight of it. Raises `RuleBroken` when that person does it already."""
    if task.owner_id == owner.pk:
        raise writes.RuleBroken(_("%(person)s does this task already.") % {"person": owner}, field="owner")
    task.owner, task.department = owner, owner.department
    task.is_private = False
    return writes.save(actor, task, verb="assign", gives_away=True)


def due_count(actor: Actor) -> int:
    """How many open tasks of the person's own are overdue or due today, for the menu: one indexed statement."""
    if actor.user_id is None:
        return 0
    tasks = Task.objects.visible_to(actor).filter(
        owner=actor.user_id, status__in=Task.OPEN_STATES, due_on__lte=company.today()
    )
    return int(tasks.count())


def parts_of(actor: Actor, task: Task) -> Sequence[Any]:
    """The subtasks of a task that the person sees, in order of their days."""
    return list(Task.objects.visible_to(actor).filter(parent_id=task.pk).order_by("due_on", "pk"))


def log_follow_up(
    actor: Actor,
    about: str,
    *,
    kind: str,
    content: str = "",
    outcome: str = "",
    next_step: str = "",
    next_step_on: date | None = None,
    starts_at: datetime | None = None,
    people: Sequence[str] = (),
    **_others: Any,
) -> str:
    """What the composer sends: an activity that took place (now, unless said), or a comment. Returns what was done, in words."""
    if kind == "comment":
        writes.create(actor, Comment(about=about, text=content))
        return _("The comment was added.")
    activity = Activity(
        about=about, kind=kind, content=content, outcome=outcome, next_step=next_step, next_step_on=next_step_on
    )
    activity.starts_at = starts_at or timezone.now()
    activity.people = list(people) or None
    writes.create(actor, activity)
    return _("The follow-up was logged.")
