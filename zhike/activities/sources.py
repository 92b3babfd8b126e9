"""Activities, tasks and comments in timelines."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.activities import mentions, participation
from zhike.activities.models import Activity, Comment, Task
from zhike.activities.option_lists import icon_of
from zhike.core import options
from zhike.core.actors import Actor, FieldMode
from zhike.core.entities import contribute, registry
from zhike.core.masking import mask
from zhike.core.pages import moments
from zhike.core.pages.display import LIST, Value, show
from zhike.core.pages.reading import Reader
from zhike.core.pages.words import sentence_start, speaks_chinese
from zhike.core.record_choices import as_keys
from zhike.core.timeline import Found, Item, Subject, TimelineSource, below, position
from zhike.identity.models import User


def _activities(actor: Actor, subject: Subject, after: str, limit: int) -> list[Found]:
    rows = Activity.objects.visible_to(actor).filter(
        subject.attached, subject.during("starts_at"), below("starts_at", after)
    )
    found = _newest(rows, limit)
    if participation.may_take_part(subject.entity.slug):
        # Of one person few: read by themselves, so that either statement is served by one index.
        part = Activity.objects.visible_to(actor).filter(participation.taken_part(actor, subject.key))
        both = {
            row.pk: row
            for row in (*found, *_newest(part.filter(subject.during("starts_at"), below("starts_at", after)), limit))
        }
        found = sorted(both.values(), key=lambda row: (row.starts_at, row.pk), reverse=True)[:limit]
    return [Found(row.starts_at, position(row.starts_at, row.pk), row) for row in found]


def _newest(rows: Any, limit: int) -> list[Activity]:
    return list(rows.select_related("owner").order_by("-starts_at", "-pk")[:limit])


def _show_activities(reader: Reader, _subject: Subject, rows: Sequence[Any]) -> list[Item]:
    reader.key_links({key for row in rows for key in _people(reader, row)})
    return [_activity(reader, row) for row in rows]


def _people(reader: Reader, row: Activity) -> list[str]:
    return as_keys(row.people) if _is_open(reader, row, "people") else []


def _with(reader: Reader, row: Activity) -> SafeString:
    """Who took part: “With 王芳, 李强”; contacts and colleagues with links where the reader may open them."""
    keys = _people(reader, row)
    links = reader.key_links(set(keys))
    found = tuple(links[key] for key in keys if key in links)
    named = show(Value(field=registry.of(row).field("people"), value=keys if found else [], links=found), LIST)
    others = _open(reader, row, "participants")
    between = "、" if speaks_chinese() else ", "
    people = format_html_join(between, "{}", [(each,) for each in (named, others) if each])
    before, _place, after = _("With %(people)s").partition("%(people)s")
    return format_html("{}{}{}", before, people, after) if people else SafeString()


def _says_only_its_kind(subject: str, kind: str) -> bool:
    """Whether a subject was made from the kind and the record, in whichever language its author reads."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            if subject.casefold().startswith(options.label("activity_kind", kind).casefold()):
                return True
    return False


def _activity(reader: Reader, row: Activity) -> Item:
    kind = sentence_start(options.label("activity_kind", row.kind))
    is_mine = row.owner_id is not None and row.owner_id == reader.actor.user_id
    address = f"/activities/{row.pk}/"
    return Item(
        at=row.starts_at,
        icon=icon_of(row.kind),
        tone="brand" if row.is_done else "amber",
        who=str(row.owner or ""),
        what=kind if row.is_done else _("%(kind)s planned") % {"kind": kind},
        title="" if _says_only_its_kind(row.subject, row.kind) else _open(reader, row, "subject"),
        url=address,
        text=mentions.shown(_open(reader, row, "content")),
        marks=tuple(_marks(reader, row)),
        people=_with(reader, row),
        note=_next_step(reader, row),
        about=row.about,
        step=_("Complete") if is_mine and not row.is_done else "",
        step_url=f"{address}complete/",
        is_ahead=not row.is_done,
    )


def _marks(reader: Reader, row: Activity) -> Iterable[SafeString]:
    if row.outcome and _is_open(reader, row, "outcome"):
        entry = options.entries("activity_outcome").get(row.outcome)
        tone = entry.colour if entry is not None else ""
        yield _badge(options.label("activity_outcome", row.outcome), tone)
    if row.met_decision_maker and _is_open(reader, row, "met_decision_maker"):
        yield _badge(_("decision maker"), "violet")
    if row.is_private:
        yield _badge(_("private"), "")


def _badge(label: str, tone: str) -> SafeString:
    return format_html('<span class="z-badge{}">{}</span>', f" is-{tone}" if tone else "", label)


def _next_step(reader: Reader, row: Activity) -> str:
    step, day = _open(reader, row, "next_step"), row.next_step_on if _is_open(reader, row, "next_step_on") else None
    if not step and day is None:
        return ""
    parts = [step, "" if day is None else moments.in_words(day)]
    return _("Next: %(step)s") % {"step": " · ".join(filter(None, parts))}


def _is_open(reader: Reader, row: Any, name: str) -> bool:
    return reader.mode(registry.of(row), name) in (FieldMode.OPEN, FieldMode.READ_ONLY)


def _open(reader: Reader, row: Any, name: str) -> str:
    """A text as far as the reader may read it."""
    mode = reader.mode(registry.of(row), name)
    if mode is FieldMode.HIDDEN:
        return ""
    value = str(getattr(row, name))
    return str(mask(value)) if mode is FieldMode.MASKED else value


def _tasks(actor: Actor, subject: Subject, after: str, limit: int) -> list[Found]:
    """Tasks, without those that stand beside the activity whose next step they are."""
    rows = Task.objects.visible_to(actor).filter(
        subject.attached, subject.during("created_at"), below("created_at", after)
    )
    rows = rows.exclude(pk__in=Activity.objects.filter(subject.attached, follow_up__isnull=False).values("follow_up"))
    found = rows.select_related("owner").order_by("-created_at", "-pk")[:limit]
    return [Found(row.created_at, position(row.created_at, row.pk), row) for row in found]


def _show_tasks(reader: Reader, _subject: Subject, rows: Sequence[Any]) -> list[Item]:
    return [_task(reader, row) for row in rows]


def _task(reader: Reader, row: Task) -> Item:
    is_mine = row.owner_id is not None and row.owner_id == reader.actor.user_id
    due = "" if row.due_on is None else _("due %(day)s") % {"day": moments.in_words(row.due_on)}
    return Item(
        at=row.created_at,
        icon="checkbox",
        tone="amber" if row.is_open else "",
        who=str(row.owner or ""),
        what=_("Task"),
        title=_open(reader, row, "name"),
        url=f"/tasks/{row.pk}/",
        marks=(_badge(row.get_status_display(), Task.tones["status"].get(row.status, "")),),
        note=due if row.is_open and _is_open(reader, row, "due_on") else "",
        about=row.about,
        step=_("Complete") if is_mine and row.is_open else "",
        step_url=f"/tasks/{row.pk}/complete/",
        step_asks=False,
        is_ahead=row.is_open,
    )


def _comments(actor: Actor, subject: Subject, after: str, limit: int) -> list[Found]:
    rows = Comment.objects.visible_to(actor).filter(
        subject.attached, subject.during("created_at"), below("created_at", after)
    )
    found = rows.select_related("created_by").order_by("-created_at", "-pk")[:limit]
    return [Found(row.created_at, position(row.created_at, row.pk), row) for row in found]


def _show_comments(reader: Reader, _subject: Subject, rows: Sequence[Any]) -> list[Item]:
    ids = {pk for row in rows for pk in row.mentions}
    people = User.objects.in_bulk(ids) if ids else {}
    return [_comment(reader, row, people) for row in rows]


def _comment(reader: Reader, row: Comment, people: dict[int, User]) -> Item:
    is_mine = row.created_by_id is not None and row.created_by_id == reader.actor.user_id
    named = [people[pk] for pk in row.mentions if pk in people]
    return Item(
        at=row.created_at,
        icon="message",
        who=str(row.created_by or _("Zhike")),
        what=_("commented"),
        text=mentions.shown(_open(reader, row, "text"), named),
        url=f"/comments/{row.pk}/",
        about=row.about,
        step=_("Edit") if is_mine else "",
        step_url=f"/comments/{row.pk}/edit/",
    )


contribute(
    TimelineSource(
        name="activities", label=gettext_lazy("Follow-ups"), module="activities", rows=_activities, show=_show_activities,
        covers=frozenset({"activities"}), weight=10,
    ),
    TimelineSource(
        name="tasks", label=gettext_lazy("Tasks"), module="activities", rows=_tasks, show=_show_tasks, weight=20,
    ),
    TimelineSource(
        name="comments", label=gettext_lazy("Comments"), module="activities", rows=_comments, show=_show_comments,
        covers=frozenset({"comments"}), weight=30,
    ),
)  # fmt: skip
