"""Who may open a page: signed in, module on, right given, record reached. Said once, for every view."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from zhike.core import modules
from zhike.core.actors import Actor
from zhike.core.entities import Entity, Verb, registry
from zhike.core.pages.errors import not_allowed
from zhike.core.pages.requests import PageRequest, is_fragment
from zhike.core.scoping.scope import scope
from zhike.core.writes.errors import NotAllowed, NotReachable

_P = ParamSpec("_P")
PageView = Callable[Concatenate[PageRequest, _P], HttpResponseBase]


def signed_in(view: PageView[_P]) -> Callable[Concatenate[HttpRequest, _P], HttpResponseBase]:
    """Send strangers to the sign-in page, from where they come back; nothing personal stays in a cache."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        try:
            response = view(cast("PageRequest", request), *args, **kwargs)
        except NotReachable as missing:
            raise Http404 from missing
        except (NotAllowed, PermissionDenied) as refusal:
            # Answered here and not by Django, which would write a traceback into the log for every missing right.
            return not_allowed(request, refusal)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return cast("Callable[Concatenate[HttpRequest, _P], HttpResponseBase]", guarded)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    # The way back is the page's own address, so it is local by nature. A form that was sent can not be sent again.
    after = request.get_full_path() if request.method in ("GET", "HEAD") and not is_fragment(request) else ""
    address = f"{settings.LOGIN_URL}?{urlencode({'next': after})}" if after else str(settings.LOGIN_URL)
    if is_fragment(request):
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def open_entity(actor: Actor, slug: str, action: str = "view") -> Entity:
    """The entity, when its module is on, it offers `action` and the actor has that right somewhere.

    Raises `Http404` for what is not there, `PermissionDenied` with a sentence for what the actor may not do.
    """
    entity = registry.get(slug)
    if not modules.is_on(entity.module) or action in entity.without:
        raise Http404
    if actor.access.reach(slug, "view") is None or actor.access.reach(slug, action) is None:
        raise PermissionDenied(
            _("Your roles do not include this for %(entity)s. An administrator can give you the right.")
            % {"entity": entity.label_plural}
        )
    return entity


def reached(actor: Actor, entity: Entity, pk: int, action: str = "view", *, deleted: bool = False) -> Any:
    """The row, when the actor sees it (else `Http404`) and may do `action` to it (else `PermissionDenied`)."""
    if pk > 2**63 - 1:
        raise Http404
    if deleted and action == "view":
        action = "delete"
    row = rows_of(actor, entity, "view", deleted=deleted).filter(pk=pk).first()
    if row is None:
        raise Http404
    if action != "view" and not may(actor, entity, row, action, deleted=deleted):
        raise PermissionDenied(
            _("You can see this record but your roles do not include this step. Ask its owner or an administrator.")
        )
    return row


def rows_of(actor: Actor, entity: Entity, action: str = "view", *, deleted: bool = False) -> Any:
    """`visible_to` of the entity's model; the one doorway."""
    return entity.model._default_manager.all().visible_to(actor, action, deleted=deleted)  # type: ignore[attr-defined]  # RecordQuerySet


def may(actor: Actor, entity: Entity, row: Any, action: str, *, deleted: bool = False) -> bool:
    """Whether the actor may do `action` to this row that he sees."""
    return action in allowed(actor, entity, row, [action], deleted=deleted)


def allowed(actor: Actor, entity: Entity, row: Any, actions: Iterable[str], *, deleted: bool = False) -> frozenset[str]:
    """Those of `actions` that the actor may do to this row that he sees: one statement at most, however many are asked."""
    if not modules.is_on(entity.module):
        return frozenset()
    reaches = {action: actor.access.reach(entity.slug, action) for action in actions}
    sure = {action for action, reach in reaches.items() if reach is not None and reach.everything}
    asked = [action for action, reach in reaches.items() if reach is not None and not reach.everything]
    if not asked:
        return frozenset(sure)
    conditions = {f"may_{index}": _reached_by(actor, entity, action) for index, action in enumerate(asked)}
    rows = rows_of(actor, entity, "delete" if deleted else "view", deleted=deleted)
    found = rows.filter(pk=row.pk).annotate(**conditions).values(*conditions).first() or {}
    return frozenset(sure | {action for index, action in enumerate(asked) if found.get(f"may_{index}")})


def _reached_by(actor: Actor, entity: Entity, action: str) -> Case | Value:
    condition = scope(actor, entity, action)
    return Case(When(condition, then=Value(True)), default=Value(False)) if condition else Value(True)


def offered(actor: Actor, entity: Entity, verb: Verb) -> bool:
    """Whether the verb exists for this actor at all: its module is on and a role grants it."""
    return modules.is_on(verb.module) and actor.access.reach(entity.slug, verb.action) is not None
