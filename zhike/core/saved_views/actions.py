"""Keeping, sharing, ordering and forgetting views."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhike.core import list_choices
from zhike.core.actors import Actor
from zhike.core.configuration.log import log
from zhike.core.entities import Entity
from zhike.core.lists import ListQuery
from zhike.core.saved_views import reading
from zhike.core.saved_views.models import Display, SavedView, Sharing
from zhike.core.saved_views.reading import SHARE_RIGHT, View
from zhike.core.writes.errors import NotAllowed, NotReachable, RuleBroken

# More would make the list of views a list to be searched itself.
MOST = 100
_STATE = ("condition", "tab", "q", "columns", "sort", "size", "display", "display_settings")


def state_of(
    query: ListQuery, display: str = "", display_settings: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """What a view keeps of a list as it is shown now: filters and condition become one condition."""
    said = dict(query.effective)
    return {
        "condition": joined(query),
        "tab": "" if query.tab == "all" else query.tab,
        "q": query.q,
        "columns": said.get("columns", ""),
        "sort": said.get("sort", ""),
        "size": query.size if "size" in said else 0,
        "display": display if display in Display.values else Display.TABLE,
        "display_settings": dict(display_settings or {}),
    }


def joined(query: ListQuery) -> dict[str, object]:
    """The list's filters and its condition as one condition; {} for none."""
    parts: list[Any] = [dict(each.condition.raw) for each in query.filters]
    if query.condition is not None:
        raw: dict[str, Any] = dict(query.condition.raw)
        parts += raw["all"] if set(raw) == {"all"} else [raw]
    return {} if not parts else parts[0] if len(parts) == 1 else {"all": parts}


def create_view(
    actor: Actor,
    entity: Entity,
    *,
    name: str,
    state: Mapping[str, Any],
    shared: str = Sharing.PRIVATE,
) -> SavedView:
    """Keep a view under a name. Raises `NotAllowed`, `RuleBroken`, `ValidationError` by field."""
    if actor.user_id is None:
        raise NotAllowed(_("Only people have views of their own. Sign in first."))
    with transaction.atomic():
        own = SavedView.objects.filter(owner=actor.user_id, entity=entity.slug)
        places = list(own.values_list("position", flat=True))
        if len(places) >= MOST:
            raise RuleBroken(
                _("You have %(most)d views of this list. Delete one you no longer use first.") % {"most": MOST}
            )
        row = SavedView(entity=entity.slug, owner_id=actor.user_id, position=max(places, default=0) + 1)
        return _store(actor, row, {"name": name, "shared": shared, **_only_state(state)})


def change_view(actor: Actor, entity: Entity, pk: int, **changes: Any) -> SavedView:
    """Rename, share, or give it another state. Raises `NotReachable`, `NotAllowed`, `RuleBroken`, `ValidationError`."""
    with transaction.atomic():
        row = _own(actor, entity, pk)
        return _store(actor, row, changes)


def keep_for_department(
    actor: Actor, entity: Entity, *, name: str, department: int, state: Mapping[str, Any]
) -> SavedView:
    """Make or change the view of that name that is shared with one department, by who keeps the shared views.

    A new one is the actor's. Raises `NotAllowed`, `RuleBroken` when he has one of that name already, `ValidationError` by field.
    """
    if not actor.access.may(SHARE_RIGHT):
        raise NotAllowed(_("Your roles do not include the views of other departments. Ask an administrator."))
    with transaction.atomic():
        row = of_department(entity.slug, department).filter(name=name).first()
        if row is not None:
            return _store(actor, row, _only_state(state))
        if SavedView.objects.filter(owner=actor.user_id, entity=entity.slug, name=name).exists():
            raise RuleBroken(_("You already have a view of this name here. Choose another name."), "name")
        row = create_view(actor, entity, name=name, state=state)
        row.department_id = department
        return _store(actor, row, {"shared": Sharing.DEPARTMENT})


def of_department(slug: str, department: int) -> Any:
    """The views of a list that are shared with one department, the oldest first."""
    rows = SavedView.objects.filter(entity=slug, shared=Sharing.DEPARTMENT, department=department)
    return rows.order_by("id")


def drop_for_department(actor: Actor, slug: str, name: str, department: int) -> None:
    """Forget the views of that name that are shared with one department, by who keeps the shared views."""
    if not actor.access.may(SHARE_RIGHT):
        raise NotAllowed(_("Your roles do not include the views of other departments. Ask an administrator."))
    with transaction.atomic():
        for row in of_department(slug, department).filter(name=name):
            _delete(actor, row)


def delete_view(actor: Actor, entity: Entity, pk: int) -> None:
    """Forget a view. Who had it open with the list sees everything again."""
    with transaction.atomic():
        _delete(actor, _own(actor, entity, pk))


def _delete(actor: Actor, row: SavedView) -> None:
    if row.shared != Sharing.PRIVATE:
        log(actor, "delete_view", {"name": (row.name, "")}, record_id=row.pk, note=row.entity)
    list_choices.forget_default(row.entity, str(row.pk))
    row.delete()


def move_view(actor: Actor, entity: Entity, pk: int, *, up: bool) -> None:
    """Change places with the view above or below it, among one's own."""
    with transaction.atomic():
        rows = list(
            SavedView.objects.filter(owner=actor.user_id, entity=entity.slug).order_by("position", "name", "id")
        )
        places = [row.pk for row in rows]
        if pk not in places:
            raise NotReachable
        at = places.index(pk)
        other = at - 1 if up else at + 1
        if 0 <= other < len(rows):
            rows[at], rows[other] = rows[other], rows[at]
        for place, row in enumerate(rows, 1):
            if row.position != place:
                SavedView.objects.filter(pk=row.pk).update(position=place)


def make_default(actor: Actor, entity: Entity, key: str) -> View | None:
    """Let this view open with the list for this person; blank: everything again. Raises `NotReachable`."""
    if actor.user_id is None:
        raise NotAllowed(_("Only people have views of their own. Sign in first."))
    view = reading.find_view(actor, entity, key) if key else None
    if key and view is None:
        raise NotReachable
    list_choices.keep_default(actor.user_id, entity.slug, key)
    return view


def _own(actor: Actor, entity: Entity, pk: int) -> SavedView:
    row = reading.reached_row(actor, entity, pk)
    if row is None:
        raise NotReachable
    if not reading.may_change(actor, row):
        raise NotAllowed(_("This view belongs to %(owner)s. Save it as your own to change it.") % {"owner": row.owner})
    return row


def _only_state(state: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in state.items() if name in _STATE}


def _store(actor: Actor, row: SavedView, changes: Mapping[str, Any]) -> SavedView:
    before = row.shared if row.pk else Sharing.PRIVATE
    for name, value in changes.items():
        setattr(row, name, value.strip() if name == "name" else value)
    if row.shared != before or row.pk is None:
        _check_sharing(actor, row)
    row.updated_at = timezone.now()
    row.full_clean(exclude=["owner", "department"])
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise ValidationError({"name": _("You already have a view of this name here. Choose another name.")}) from None
    if row.shared != before:
        log(actor, "share_view", {"shared": (before, row.shared)}, record_id=row.pk, note=f"{row.entity}: {row.name}")
    return row


def _check_sharing(actor: Actor, row: SavedView) -> None:
    """With one's own department anyone may share; with everyone or another department, who keeps the shared views."""
    if row.shared == Sharing.EVERYONE and not actor.access.may(SHARE_RIGHT):
        raise NotAllowed(
            _(
                "Your roles do not include sharing a view with everyone. Share it with your department, or ask an administrator."
            )
        )
    named, row.department_id = row.department_id, None
    if row.shared == Sharing.DEPARTMENT:
        own = next(iter(actor.access.department_ids), None)
        row.department_id = own if named is None or not actor.access.may(SHARE_RIGHT) else named
        if row.department_id is None:
            raise RuleBroken(_("You belong to no department with which this could be shared."), "shared")
