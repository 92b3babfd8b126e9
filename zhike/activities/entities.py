"""The declarations of activities, tasks and comments, and what they put on the pages of every other record."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.activities import actions, following, forms, panels, participation, rules
from zhike.activities import candidates as _candidates  # noqa: F401  (offers participants)
from zhike.activities import sources as _sources  # noqa: F401  (contributes to timelines)
from zhike.activities.models import Activity, Comment, Task
from zhike.activities.option_lists import LISTS
from zhike.core import options
from zhike.core.attachment import PlacesChanged
from zhike.core.entities import (
    Board,
    Calendar,
    Entity,
    MenuItem,
    Module,
    Panel,
    PanelEverywhere,
    RelatedList,
    Relation,
    Verb,
    contribute,
    register,
)
from zhike.core.lists.tabs import ListTab
from zhike.core.notifications.kinds import NotificationKind
from zhike.core.saved_views.shipped import ShippedView

contribute(
    Module(
        name="activities",
        label=_("Follow-ups and tasks"),
        description=_("Calls and visits, tasks, comments and the schedule."),
        weight=15,
    ),
    PlacesChanged(run=following.refresh),
)
for each in LISTS:
    options.declare(each)


def may_be_followed(entity: Entity) -> bool:
    """Whether the pages of its records have the composer and the newest follow-ups."""
    return entity.attachable


def _is_planned(activity: Any) -> bool:
    return not activity.is_done


def _is_open(task: Any) -> bool:
    return bool(task.is_open)


def _is_closed(task: Any) -> bool:
    return not task.is_open


register(
    Entity(
        model=Task,
        slug="tasks",
        module="activities",
        icon="checkbox",
        purpose=_("What somebody is to do by a day, about a customer or on its own. Zhike reminds him and shows what is overdue."),
        example=_("For example: “Send the revised quotation”, due on Friday, about 浦发银行"),
        fields=(
            "name", "about", "due_on", "priority", "status", "owner", "department", "due_at", "remind_at", "progress", "parent",
            "is_private", "description",
        ),
        columns=("name", "about", "due_on", "priority", "status", "owner", "progress"),
        filters=(
            "about", "due_on", "due_at", "priority", "status", "progress", "parent", "owner", "department", "done_at",
            "is_private", "created_at", "updated_at",
        ),
        search={"name": 70},
        derived=("told_on", "reminded_at"),
        ordering=("due_on",),
        header_facts=("about", "due_on", "status", "owner"),
        views=(
            Board(
                by="status", card=("about", "due_on", "owner"), due="due_on", closed=frozenset({"done", "cancelled"}),
                moves={"done": "complete"},
            ),
            Calendar(start="due_on", at="due_at", state="status", notes=("about",)),
        ),
        verbs=(
            Verb(
                name="complete", run=actions.complete_task, label=_("complete"), when=_is_open, primary=True, bulk=True,
                icon="check", weight=10,
            ),
            Verb(
                name="postpone", run=actions.postpone_task, label=_("postpone"), form_class=forms.PostponeForm, when=_is_open,
                bulk=True, icon="calendar-plus", weight=20,
            ),
            Verb(
                name="assign", run=actions.assign_task, label=_("assign"), form_class=forms.AssignForm, bulk=True,
                gives_away=True, icon="user-share", weight=30,
            ),
            Verb(name="reopen", run=actions.reopen_task, label=_("reopen"), when=_is_closed, icon="refresh", weight=40),
        ),
        panels=(
            RelatedList(
                name="subtasks", label=_("subtasks"), slug="tasks", via="parent",
                columns=("name", "due_on", "status", "owner", "progress"), weight=10,
            ),
        ),
        relations=(Relation(name="subtasks", label=_("subtasks"), slug="tasks", via="parent"),),
        prepare=rules.prepare_task,
        settle=rules.settle_tasks,
    )
)  # fmt: skip
register(
    Entity(
        model=Activity,
        slug="activities",
        module="activities",
        icon="activity",
        purpose=_("Every call, visit and message with a customer, done or planned, so that no colleague has to ask twice."),
        example=_("For example: a visit on Tuesday at 10:00, outcome “interested”, next step “send samples”"),
        title="subject",
        fields=(
            "kind", "about", "subject", "starts_at", "ends_at", "is_done", "outcome", "content", "next_step", "next_step_on",
            "met_decision_maker", "importance", "place", "people", "participants", "owner", "department", "is_private",
        ),
        columns=("subject", "kind", "about", "starts_at", "is_done", "outcome", "next_step_on", "owner"),
        filters=(
            "about", "kind", "starts_at", "ends_at", "is_done", "outcome", "met_decision_maker", "importance", "place",
            "next_step_on", "owner", "department", "is_private", "created_at", "updated_at",
        ),
        search={"subject": 60},
        derived=("follow_up",),
        ordering=("-starts_at",),
        header_facts=("kind", "about", "starts_at", "people", "outcome", "owner"),
        views=(Calendar(start="starts_at", end="ends_at", state="is_done", notes=("about", "place")),),
        verbs=(
            Verb(
                name="complete", run=actions.complete_activity, label=_("complete"), form_class=forms.CompleteForm,
                when=_is_planned, primary=True, icon="check", weight=10,
            ),
            Verb(
                name="reschedule", run=actions.reschedule_activity, label=_("reschedule"), form_class=forms.RescheduleForm,
                when=_is_planned, icon="calendar-time", weight=20,
            ),
        ),
        prepare=rules.prepare_activity,
        settle=rules.settle_activities,
    )
)  # fmt: skip
register(
    Entity(
        model=Comment,
        slug="comments",
        module="activities",
        icon="message",
        purpose=_(
            "What colleagues say to each other about a record; @ names somebody. They are written on the record's own page."
        ),
        example=_("For example: “@周子涵 please confirm the delivery date”"),
        title="text",
        form_class=forms.CommentForm,
        attachable=False,
        fields=("about", "text"),
        columns=("text", "about", "created_by", "created_at"),
        filters=("about", "created_by", "created_at", "updated_at"),
        search={"text": 20},
        ordering=("-created_at",),
        header_facts=("about", "created_by", "created_at"),
        prepare=rules.prepare_comment,
        edits_when=rules.is_author,
    )
)
contribute(
    MenuItem(
        name="tasks", label=_("Tasks"), group=_("My work"), icon="checkbox", url_name="tasks:list",
        module="activities", right="tasks:view", weight=30, count=actions.due_count, on_phone=True,
    ),
    MenuItem(
        name="calendar", label=_("Schedule"), group=_("My work"), icon="calendar", url_name="calendar",
        module="activities", right="activities:view", weight=40,
    ),
    MenuItem(
        name="activities", label=_("Follow-ups"), group=_("My work"), icon="activity", url_name="activities:list",
        module="activities", right="activities:view", weight=50,
    ),
)  # fmt: skip
_MINE_OPEN: tuple[dict[str, object], ...] = (
    {"field": "owner", "op": "eq", "value": "$me"},
    {"field": "status", "op": "in", "value": ["open", "doing"]},
)
contribute(
    ShippedView(slug="tasks", name="mine", label=_("my open tasks"), condition={"all": [*_MINE_OPEN]}, sort="due_on", weight=10),
    ShippedView(
        slug="tasks", name="overdue", label=_("my overdue tasks"), sort="due_on", weight=20,
        condition={"all": [*_MINE_OPEN, {"field": "due_on", "op": "lt", "value": "$today"}]},
    ),
    ShippedView(
        slug="tasks", name="today", label=_("due today"), sort="-priority", weight=30,
        condition={"all": [*_MINE_OPEN, {"field": "due_on", "op": "eq", "value": "$today"}]},
    ),
    ShippedView(
        slug="tasks", name="week", label=_("due in the next 7 days"), sort="due_on", weight=40,
        condition={"all": [
            *_MINE_OPEN,
            {"field": "due_on", "op": "gte", "value": "$today"}, {"field": "due_on", "op": "lte", "value": {"in": "P7D"}},
        ]},
    ),
    ShippedView(
        slug="activities", name="planned", label=_("planned"), sort="starts_at", weight=10,
        condition={"field": "is_done", "op": "eq", "value": False},
    ),
    ShippedView(
        slug="activities", name="past", label=_("what was done"), sort="-starts_at", weight=20,
        condition={"field": "is_done", "op": "eq", "value": True},
    ),
)  # fmt: skip
contribute(
    ListTab(
        slug="activities", name=participation.WITH_ME, label=_("With me"), condition=participation.with_me,
    ),
    NotificationKind(
        name=participation.INVITED, label=_("something is planned with me"), icon="calendar-plus", weight=35,
        module="activities", text=_("%(actor)s put you down for “%(record)s” on %(starts_at)s"),
    ),
)  # fmt: skip
contribute(
    PanelEverywhere(
        panel=Panel(
            name="follow_ups",
            label=_("follow-ups"),
            template="activities/follow_ups.html",
            provide=panels.follow_ups,
            weight=5,
            module="activities",
        ),
        fits=may_be_followed,
    )
)
