"""What a person would see with a role: how many records of each kind, and which menu. Counted, never opened."""

from dataclasses import dataclass

from zhike.core import menu, modules
from zhike.core.actors import Access, Actor, Via
from zhike.core.entities import SettingsPage, registry
from zhike.core.pages.guards import rows_of
from zhike.core.pages.words import sentence_start
from zhike.identity.access import Holding, PersonAccess, access_of
from zhike.identity.models import Role, User, UserRole
from zhike.identity.organisation import current
from zhike.identity.panels import role_rules


@dataclass(frozen=True)
class SeenRecords:
    """One kind of record: how many are seen; None where the kind stays closed."""

    label: str
    icon: str
    count: int | None


@dataclass(frozen=True)
class Seen:
    """All that is counted for one person."""

    person: str
    records: list[SeenRecords]
    menu: list[str]
    settings: list[str]


@dataclass
class _Beholder:
    """Somebody with a given access, for counting alone: no session, no page and no change is ever his."""

    pk: int
    seen_with: Access

    def access(self) -> Access:
        return self.seen_with


def seen_by(user: User, role: Role, *, alone: bool) -> Seen:
    """What this person sees with this role alone, or with all his roles and this one."""
    access = _with_role(user, role) if alone or not user.user_roles.filter(role=role).exists() else access_of(user.pk)
    actor = Actor.of(_Beholder(user.pk, access), Via.PAGE)
    return Seen(
        person=str(user),
        records=[
            SeenRecords(
                sentence_start(entity.label_plural),
                entity.icon,
                None if access.reach(entity.slug, "view") is None else rows_of(actor, entity).count(),
            )
            for entity in registry.all()
            if modules.is_on(entity.module)
        ],
        menu=[
            sentence_start(menu.label_of(item))
            for item in menu.shown()
            if modules.may_open(actor, item.module, item.right)
        ],
        settings=[
            sentence_start(page.label)
            for page in registry.contributions(SettingsPage)
            if page.right and modules.may_open(actor, page.module, page.right)
        ],
    )


def _with_role(user: User, role: Role) -> Access:
    """The person's place in the company, with that role and no other."""
    organisation = current()
    own = frozenset(() if user.department_id is None else (user.department_id,))
    held = UserRole.objects.filter(user=user, role=role).first()
    chosen = frozenset(held.departments.values_list("pk", flat=True)) if held else frozenset()
    return PersonAccess(
        user.pk,
        department_ids=own,
        departments_below=organisation.departments_below(own),
        subordinate_ids=organisation.subordinates(user.pk),
        holdings=(Holding(rules=role_rules(role), chosen_departments=chosen),),
    )
