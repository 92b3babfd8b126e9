"""Handing a record to another owner and working on it together: verbs of every owned record."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core import writes
from zhike.core.actors import Actor
from zhike.core.entities import Verb, VerbForm, registry
from zhike.core.scoping import team
from zhike.core.scoping.team import TeamMember
from zhike.identity.models import Department, User

if TYPE_CHECKING:
    _ChoiceOfPerson = forms.ModelChoiceField[User]
else:
    _ChoiceOfPerson = forms.ModelChoiceField


class ActivePeople(_ChoiceOfPerson):
    """A choice among the people who work here now."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.none(), **kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> "ActivePeople":
        copied: ActivePeople = super().__deepcopy__(memo)
        copied.queryset = User.objects.filter(kind=User.Kind.STAFF, state=User.State.ACTIVE).order_by(
            "full_name_key", "pk"
        )
        return copied


class TransferForm(VerbForm):
    """To whom a record goes."""

    owner = ActivePeople(label=gettext_lazy("new owner"))
    department = forms.ModelChoiceField(
        label=gettext_lazy("department"),
        queryset=Department.objects.filter(active=True).order_by("name_key", "pk"),
        required=False,
        help_text=gettext_lazy("Blank: the new owner's department."),
    )
    stay = forms.BooleanField(label=gettext_lazy("the previous owner may still read it"), required=False)


class ShareForm(VerbForm):
    """Who joins a record's team."""

    person = ActivePeople(label=gettext_lazy("person"))
    level = forms.ChoiceField(
        label=gettext_lazy("may"), choices=TeamMember.Level.choices, initial=TeamMember.Level.READ
    )


class UnshareForm(VerbForm):
    """Who leaves a record's team."""

    person = ActivePeople(label=gettext_lazy("person"))


def transfer_record(
    actor: Actor, record: Any, *, owner: User, department: Department | None = None, stay: bool = False
) -> Any:
    """Give a record to `owner`, with its parts; his department, unless another is chosen. The actor may lose sight of it."""
    if record.owner_id == owner.pk and department is None:
        raise writes.RuleBroken(_("%(person)s already owns this record.") % {"person": owner}, field="owner")
    before = record.owner_id
    with transaction.atomic():
        record.owner = owner
        record.department = department or owner.department
        writes.save(actor, record, verb="transfer", gives_away=True)
        if stay and before is not None and before != owner.pk:
            team.grant(registry.of(record).slug, [(record.pk, before)], reason="previous_owner")
    return record


def share_record(actor: Actor, record: Any, *, person: User, level: str = TeamMember.Level.READ) -> Any:
    """Put a person into the record's team, to read it or to work on it."""
    entity = registry.of(record)
    with transaction.atomic():
        writes.lock(actor, entity, [record.pk], "share")
        team.withdraw(entity.slug, [(record.pk, person.pk)], reason="manual")
        team.grant(entity.slug, [(record.pk, person.pk)], reason="manual", level=TeamMember.Level(level))
        writes.note(actor, record, "share", {"team": (None, person.pk), "level": (None, level)})
    return record


def unshare_record(actor: Actor, record: Any, *, person: User) -> Any:
    """Take a person out of the record's team, whatever put him there by hand."""
    entity = registry.of(record)
    with transaction.atomic():
        writes.lock(actor, entity, [record.pk], "share")
        for reason in ("manual", "previous_owner"):
            team.withdraw(entity.slug, [(record.pk, person.pk)], reason=reason)
        writes.note(actor, record, "unshare", {"team": (person.pk, None)})
    return record


OWNERSHIP_VERBS: tuple[Verb, ...] = (
    Verb(
        name="transfer",
        run=transfer_record,
        label=gettext_lazy("transfer"),
        form_class=TransferForm,
        bulk=True,
        gives_away=True,
        icon="transfer",
        weight=200,
    ),
    Verb(
        name="share",
        run=share_record,
        label=gettext_lazy("share"),
        form_class=ShareForm,
        bulk=True,
        icon="user-plus",
        weight=210,
    ),
    Verb(
        name="unshare",
        run=unshare_record,
        label=gettext_lazy("end sharing"),
        form_class=UnshareForm,
        right="share",
        icon="user-minus",
        weight=220,
    ),
)
