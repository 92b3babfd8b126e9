"""What always holds for activities, tasks and comments, whatever door they come through."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Avg
from django.utils import timezone
from django.utils.translation import gettext as _

from zhike.activities import following, mentions, participation
from zhike.activities.models import Activity, Comment, Task
from zhike.core import company, options, record_keys
from zhike.core.actors import Actor
from zhike.core.entities import RecordKind
from zhike.core.pages.words import sentence_start
from zhike.core.writes.errors import NotAllowed
from zhike.core.writes.results import Written

# Clocks differ a little, and people note a call that is just ending.
_TOLERANCE = timedelta(minutes=15)
_DEEPEST = 20
_YEARS = range(1900, 2200)


def _to_the_minute(row: Activity | Task, *names: str) -> None:
    """Moments without seconds. Refuses years that no calendar of people shows."""
    for name in names:
        moment: datetime | None = getattr(row, name)
        if moment is None:
            continue
        if moment.year not in _YEARS:
            raise ValidationError({name: _("Choose a time between 1900 and 2199.")})
        setattr(row, name, moment.replace(second=0, microsecond=0))


def _refuse_nesting(about: str) -> None:
    """Activities and tasks are about records, not about each other; tasks have subtasks, and comments reach both."""
    if about and record_keys.split(about)[0].kind is RecordKind.ATTACHED:
        raise ValidationError(
            {"about": _("Choose a record such as a customer; a task is put under another as its part.")}
        )


def prepare_activity(actor: Actor, written: Written) -> None:
    """An activity has a time and a name; what lies ahead is planned, not done."""
    activity: Activity = written.row
    if written.changed_or_new("about"):
        _refuse_nesting(activity.about)
    now = timezone.now()
    # Django's stubs do not know that a row not yet written may lack it.
    starts_at: datetime | None = activity.starts_at
    activity.starts_at = starts_at or now
    _to_the_minute(activity, "starts_at", "ends_at")
    activity.kind = activity.kind or "note"
    if activity.ends_at is not None and activity.ends_at < activity.starts_at:
        raise ValidationError({"ends_at": _("A follow-up cannot end before it starts.")})
    if activity.is_done and activity.starts_at > now + _TOLERANCE:
        if not written.is_new and "is_done" in written.touched:
            raise ValidationError(
                {"is_done": _("It lies ahead. Complete it when it is over, or give the time when it took place.")}
            )
        activity.is_done = False
    if activity.is_private and activity.owner_id is None:
        raise ValidationError({"is_private": _("What is private needs an owner.")})
    if not activity.subject:
        activity.subject = _subject(actor, activity)
    participation.judge(actor, written)


def _subject(actor: Actor, activity: Activity) -> str:
    """The kind, and what it is about: “call · 浦发银行”."""
    kind = sentence_start(options.label("activity_kind", activity.kind))
    named = record_keys.titles(actor, [activity.about]).get(activity.about) if activity.about else None
    return f"{kind} · {named.label}"[:200] if named else kind


def settle_activities(actor: Actor, batch: Sequence[Written]) -> None:
    """The next step becomes a task; the records followed up know of the contact and of the step."""
    from zhike.activities.actions import plan_next_step

    for written in batch:
        if written.row.deleted_at is None and (
            written.is_new or written.changed("next_step", "next_step_on", "is_done")
        ):
            plan_next_step(actor, written.row)
    participation.settle(actor, batch)
    following.settle(batch)


def prepare_task(_actor: Actor, written: Written) -> None:
    """Day and moment agree, progress and status agree, and a task is not its own part."""
    task: Task = written.row
    if written.changed_or_new("about"):
        _refuse_nesting(task.about)
    if task.parent_id is not None and written.changed_or_new("parent"):
        _take_place_under(task)
    _settle_due(task, written)
    _settle_status(task, written)
    if task.is_private and task.owner_id is None:
        raise ValidationError({"is_private": _("What is private needs an owner.")})


def _take_place_under(task: Task) -> None:
    """No circle, and a subtask that is about nothing is about what its task is about."""
    seen, above = {task.pk}, task.parent_id
    for _step in range(_DEEPEST):
        if above is None:
            break
        if above in seen:
            raise ValidationError({"parent": _("A task cannot be a part of itself. Choose another task.")})
        seen.add(above)
        above = Task.objects.filter(pk=above).values_list("parent_id", flat=True).first()
    else:
        raise ValidationError({"parent": _("Tasks are put inside each other at most 20 deep.")})


def _settle_due(task: Task, written: Written) -> None:
    """The moment decides the day; a day that is changed alone takes the moment along. Reminders go off once a moment."""
    _to_the_minute(task, "due_at", "remind_at")
    if task.due_at is not None:
        day = company.day_of(task.due_at)
        if task.due_on is None or written.changed_or_new("due_at") or day == task.due_on:
            task.due_on = day
        elif "due_on" in written.touched:
            local = task.due_at.astimezone(company.zone())
            task.due_at = datetime.combine(task.due_on, time(local.hour, local.minute), tzinfo=company.zone())


def _settle_status(task: Task, written: Written) -> None:
    before = (written.before or {}).get("status")
    entered = task.status if written.is_new or task.status != before else ""
    task.progress = task.progress or 0
    derived = None if written.is_new else progress_of_parts(task.pk)
    if entered == Task.Status.DONE:
        task.done_at = timezone.now()
        task.progress = 100
    elif entered and before == Task.Status.DONE:
        task.done_at = None
        task.progress = 0
    elif entered != Task.Status.CANCELLED and task.status == Task.Status.OPEN and task.progress and not entered:
        task.status = Task.Status.DOING
    if derived is not None and task.status != Task.Status.DONE:
        task.progress = derived


def progress_of_parts(task_id: int) -> int | None:
    """How far the subtasks of a task are, on average; None for a task without any."""
    parts = Task.objects.filter(parent_id=task_id, deleted_at__isnull=True).exclude(status=Task.Status.CANCELLED)
    average = parts.aggregate(found=Avg("progress"))["found"]
    return None if average is None else round(average)


def settle_tasks(_actor: Actor, batch: Sequence[Written]) -> None:
    """Tasks above are as far as their parts, reminders that were moved go off again, records know their next step."""
    above: set[int] = set()
    for written in batch:
        if written.is_new or written.changed("progress", "status", "parent", "deleted_at"):
            parents = {written.row.parent_id, (written.before or {}).get("parent")}
            above |= {each for each in parents if each is not None}
    for task_id in sorted(above):
        _lift(task_id)
    moved = [each.row.pk for each in batch if not each.is_new and each.changed("remind_at")]
    if moved:
        Task.objects.filter(pk__in=moved).update(reminded_at=None)
    later = [each.row.pk for each in batch if not each.is_new and each.changed("due_on", "owner")]
    if later:
        Task.objects.filter(pk__in=later).update(told_on=None)
    following.settle(batch)


def _lift(task_id: int | None) -> None:
    """Progress of a task and of those above it, from their parts: derived, so neither an event nor a version."""
    for _step in range(_DEEPEST):
        if task_id is None:
            return
        derived = progress_of_parts(task_id)
        if derived is not None:
            Task.objects.filter(pk=task_id).exclude(status=Task.Status.DONE).update(progress=derived)
        task_id = Task.objects.filter(pk=task_id).values_list("parent_id", flat=True).first()


def is_author(actor: Actor, comment: Comment) -> bool:
    """Whether the words are this person's to change."""
    return actor.is_system or comment.created_by_id in (None, actor.user_id)


def prepare_comment(actor: Actor, written: Written) -> None:
    """A comment is about something, says something, and is changed by its author alone."""
    comment: Comment = written.row
    if not comment.about:
        raise ValidationError({"about": _("Choose what the comment is about.")})
    if not comment.text:
        raise ValidationError({"text": _("Write something.")})
    if not written.is_new and not is_author(actor, comment):
        raise NotAllowed(_("Only who wrote a comment may change it. Write one of your own."))
    if written.changed_or_new("text"):
        comment.mentions = mentions.mentioned(comment.text)
