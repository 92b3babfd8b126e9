"""Into the recycle bin, back from it, and away for good."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhike.core import writes
from zhike.core.actors import Actor
from zhike.core.entities import Entity, registry
from zhike.core.pages import moments
from zhike.core.pages.answers import REFUSED, gone_to, show_page
from zhike.core.pages.guards import open_entity, reached, rows_of, signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.titles import list_address, record_address, title_of
from zhike.core.pages.words import sentence_start
from zhike.core.writes.deletion import needing

BIN_SIZE = 50
_NAMED = 5


@dataclass(frozen=True)
class Binned:
    """One record in the recycle bin."""

    title: str
    deleted: str
    exact: str
    restore_url: str
    purge_url: str


def deletable_entity(actor: Actor, slug: str) -> Entity:
    """The entity, when its records can be deleted at all and the actor may delete some."""
    entity = open_entity(actor, slug, "delete")
    if not entity.has_column("deleted_at"):
        raise Http404
    return entity


@signed_in
@require_http_methods(["GET", "POST"])
def delete_page(request: PageRequest, slug: str, pk: int) -> HttpResponse:
    """`/customers/42/delete/`: what goes along and what forbids it; POST does it."""
    entity = deletable_entity(request.actor, slug)
    row = reached(request.actor, entity, pk, "delete")
    refusal = ""
    if request.method == "POST":
        try:
            writes.delete(request.actor, row)
        except writes.RuleBroken as broken:
            refusal = broken.sentence
        else:
            sentence = _("“%(title)s” is in the recycle bin now and can be restored from there.") % {
                "title": title_of(entity, row)
            }
            return gone_to(request, sentence, list_address(entity))
    context = {
        "entity": entity,
        "title": _("Delete “%(title)s”") % {"title": title_of(entity, row)},
        "action": record_address(entity, pk, "delete"),
        "back": record_address(entity, pk),
        "parts": _parts(entity, row),
        "needed_by": needed_by(request.actor, entity, row),
        "refusal": refusal,
    }
    return show_page(request, "core/delete.html", context, status=REFUSED if refusal else 200)


def needed_by(actor: Actor, entity: Entity, row: Any) -> list[tuple[str, str]]:
    """Records that need this one; no name where the actor does not see it."""
    return [(sentence_start(label), name) for label, name in needing(actor, entity, row)]


def _parts(entity: Entity, row: Any) -> list[str]:
    """What goes along, in words: "3 contacts"."""
    found: list[str] = []
    for part in registry.parts_of(entity):
        rows = part.model._default_manager.filter(**{part.part_of: row.pk})
        if part.has_column("deleted_at"):
            rows = rows.filter(deleted_at__isnull=True)
        count = rows.count()
        if count:
            label = part.label if count == 1 else part.label_plural
            found.append(_("%(count)s %(records)s") % {"count": f"{count:,}", "records": label})
    return found


@signed_in
@require_POST
def restore_view(request: PageRequest, slug: str, pk: int) -> HttpResponse:
    """`/customers/42/restore/`"""
    entity = deletable_entity(request.actor, slug)
    row = reached(request.actor, entity, pk, deleted=True)
    try:
        writes.restore(request.actor, row)
    except writes.RuleBroken as broken:
        return _bin(request, entity, refusal=broken.sentence)
    except ValidationError as taken:
        return _bin(request, entity, refusal=" ".join(taken.messages))
    sentence = _("“%(title)s” is back, with what was deleted along with it.") % {"title": title_of(entity, row)}
    return gone_to(request, sentence, record_address(entity, pk))


@signed_in
@require_POST
def purge_view(request: PageRequest, slug: str, pk: int) -> HttpResponse:
    """`/customers/42/purge/`: away for good, with `forget` also out of the history; administrators only."""
    entity = deletable_entity(request.actor, slug)
    row = reached(request.actor, entity, pk, deleted=True)
    if not request.actor.access.may("recycle.purge"):
        raise PermissionDenied(_("Only people with the right to empty the recycle bin may do this."))
    title = title_of(entity, row)
    try:
        if request.POST.get("forget"):
            writes.erase(request.actor, row)
        else:
            writes.purge(request.actor, row)
    except writes.RuleBroken as broken:
        return _bin(request, entity, refusal=broken.sentence)
    sentence = _("“%(title)s” was removed for good.") % {"title": title}
    return gone_to(request, sentence, f"{list_address(entity)}recycle-bin/")


@signed_in
def recycle_bin(request: PageRequest, slug: str) -> HttpResponse:
    """`/customers/recycle-bin/`: what this person could delete and is deleted, newest first."""
    return _bin(request, deletable_entity(request.actor, slug))


def _bin(request: PageRequest, entity: Entity, *, refusal: str = "") -> HttpResponse:
    rows = rows_of(request.actor, entity, "delete", deleted=True).order_by("-deleted_at", "-pk")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        at = rows.filter(pk=int(before)).values_list("deleted_at", flat=True).first()
        rows = rows.filter(deleted_at__lte=at).exclude(pk=int(before)) if at else rows
    found = list(rows[: BIN_SIZE + 1])
    context = {
        "entity": entity,
        "title": _("Recycle bin of %(records)s") % {"records": entity.label_plural},
        "list_address": list_address(entity),
        "list_title": sentence_start(entity.label_plural),
        "rows": [_binned(entity, row) for row in found[:BIN_SIZE]],
        "more_url": f"?before={found[BIN_SIZE - 1].pk}" if len(found) > BIN_SIZE else "",
        "may_purge": request.actor.access.may("recycle.purge"),
        "refusal": refusal,
    }
    return render(request, "core/recycle_bin.html", context, status=REFUSED if refusal else 200)


def _binned(entity: Entity, row: Any) -> Binned:
    return Binned(
        title=title_of(entity, row),
        deleted=moments.in_words(row.deleted_at),
        exact=moments.exactly(row.deleted_at),
        restore_url=record_address(entity, row.pk, "restore"),
        purge_url=record_address(entity, row.pk, "purge"),
    )
