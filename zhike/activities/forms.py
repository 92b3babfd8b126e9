"""What the verbs of activities and tasks ask."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from zhike.core import company, options
from zhike.core.actors import Actor
from zhike.core.entities import VerbForm
from zhike.core.pages.forms import RecordForm
from zhike.core.record_choices import MOST, tidy_keys
from zhike.core.record_keys import titles
from zhike.identity.ownership import ActivePeople


def _outcomes() -> list[tuple[str, str]]:
    return [("", "—"), *options.choices("activity_outcome")]


def _tomorrow() -> Any:
    return company.today() + timedelta(days=1)


class CompleteForm(VerbForm):
    """What came of it, and what is next."""

    outcome = forms.ChoiceField(label=_("outcome"), choices=_outcomes, required=False)
    content = forms.CharField(
        label=_("what was said"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    next_step = forms.CharField(label=_("next step"), max_length=200, required=False)
    next_step_on = forms.DateField(label=_("next step on"), required=False)


class RescheduleForm(VerbForm):
    """To when."""

    starts_at = forms.DateTimeField(
        label=_("starts at"),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record is not None:
            self.initial.setdefault("starts_at", self.record.starts_at)


class PostponeForm(VerbForm):
    """To which day."""

    page_template = "activities/postpone.html"
    due_on = forms.DateField(label=_("due on"), initial=_tomorrow)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = getattr(self.record, "due_on", None)
        if present is not None and present >= _tomorrow():
            self.initial.setdefault("due_on", present + timedelta(days=1))

    @property
    def days(self) -> list[tuple[Any, date]]:
        """The days that one click chooses: as of today, or of the day on which the task is due where that still lies ahead."""
        present = getattr(self.record, "due_on", None)
        if present is not None and present > company.today():
            later = ((_("a day later"), 1), (_("a week later"), 7), (_("a month later"), 30))
            return [(label, present + timedelta(days=days)) for label, days in later]
        named = ((_("tomorrow"), "1"), (_("next Monday"), "monday"), (_("in a week"), "7"), (_("in a month"), "30"))
        found = {quick_day(code): label for label, code in reversed(named)}
        return [(label, day) for day, label in sorted(found.items()) if day is not None and day != present]


class AssignForm(VerbForm):
    """Who does it."""

    owner = ActivePeople(label=_("who does it"))


class CommentForm(RecordForm):
    """The form of a comment: an @ in its text offers colleagues."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "text" in self.fields:
            # Of a new comment the form itself knows what it is about.
            about = urlencode({"about": getattr(self.row, "about", "")})
            self.fields["text"].widget.attrs |= {
                "data-mentions": f"/activities/people/?{about}",
                "aria-autocomplete": "list",
            }


COMMENT = "comment"
# So many kinds stand as buttons; the full form has them all.
OFFERED_KINDS = 6


def _quick_days() -> list[tuple[str, Any]]:
    return [("", _("no date")), ("1", _("tomorrow")), ("3", _("in 3 days")), ("monday", _("next Monday"))]


class PeopleField(forms.Field):
    """Who took part, by their keys. What is offered is fetched when somebody types; the names of those chosen are looked up."""

    widget = forms.SelectMultiple

    def __init__(self, actor: Actor | None) -> None:
        super().__init__(required=False)
        self.actor = actor

    def clean(self, value: Any) -> list[str]:
        keys, others = tidy_keys(value or [])
        if others or len(keys) > MOST:
            raise ValidationError(_("Choose the participants from the list, at most %(most)d.") % {"most": MOST})
        return keys

    def chosen(self, keys: list[str]) -> list[tuple[str, str]]:
        """Key and name of those chosen whom the actor may open."""
        named = titles(self.actor, keys) if self.actor is not None and keys else {}
        return [(key, named[key].label) for key in keys if key in named and named[key].url]


class FollowUpForm(forms.Form):
    """The composer on a record's page: what was done in two clicks, and what is next."""

    kind = forms.ChoiceField(choices=())
    content = forms.CharField(max_length=5000, required=False)
    outcome = forms.ChoiceField(choices=_outcomes, required=False)
    next_step = forms.CharField(max_length=200, required=False)
    when = forms.ChoiceField(choices=_quick_days, required=False)
    next_step_on = forms.DateField(required=False)
    starts_at = forms.DateTimeField(required=False)

    def __init__(
        self, *args: Any, activities: bool, comments: bool, people_of: Actor | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.takes_people = activities and people_of is not None and _may_name_people(people_of)
        if self.takes_people:
            self.fields["people"] = PeopleField(people_of)
        kinds = options.choices("activity_kind")[:OFFERED_KINDS] if activities else []
        self.kinds = [*kinds, *([(COMMENT, _("comment"))] if comments else [])]
        self.has_activities = activities
        chosen = self.fields["kind"]
        if isinstance(chosen, forms.ChoiceField):
            chosen.choices = self.kinds
            chosen.initial = self.kinds[0][0] if self.kinds else ""

    @property
    def chosen_people(self) -> list[tuple[str, str]]:
        """Key and name of the participants chosen so far, where the form comes back."""
        made = self.fields.get("people")
        keys, _others = tidy_keys(self["people"].value() or []) if made is not None and self.is_bound else ([], [])
        return made.chosen(keys[:MOST]) if isinstance(made, PeopleField) else []

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") == COMMENT and not cleaned.get("content"):
            self.add_error("content", _("Write something."))
        cleaned["next_step_on"] = cleaned.get("next_step_on") or quick_day(cleaned.get("when") or "")
        return cleaned


def _may_name_people(actor: Actor) -> bool:
    return actor.access.field_mode("activities", "people").is_writable


def quick_day(code: str) -> date | None:
    """The day that a quick choice means, as of today."""
    today = company.today()
    if code == "monday":
        return today + timedelta(days=7 - today.weekday())
    return today + timedelta(days=int(code)) if code else None
