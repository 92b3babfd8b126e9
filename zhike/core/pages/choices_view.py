"""Options for a field of a form: records found by what was typed, or the levels of a code tree."""

from html import escape

from django.http import Http404, HttpResponse

from zhike.core import options
from zhike.core.actors import FieldMode
from zhike.core.entities import Entity, Field, FieldKind, registry
from zhike.core.pages.candidates import OFFERED, any_candidates, candidates
from zhike.core.pages.guards import open_entity, signed_in
from zhike.core.pages.inputs import TreeSelect, deepest
from zhike.core.pages.requests import PageRequest
from zhike.core.record_choices import choices_of


@signed_in
def choices_view(request: PageRequest, slug: str, field: str) -> HttpResponse:
    """`/contacts/choices/customer/?q=pufa`: `<option>` elements, 20 at most, only of what this person sees.

    For a code tree without `q`: the row of selects for the codes given under the field's own name.
    """
    entity = open_entity(request.actor, slug)
    if not entity.has_field(field) or request.actor.access.field_mode(slug, field) is FieldMode.HIDDEN:
        raise Http404
    described = entity.field(field)
    if described.kind is FieldKind.RELATION and described.related is not None and registry.has(described.related):
        return _records(request, registry.of(described.related))
    if described.kind is FieldKind.RECORD:
        found = any_candidates(request.actor, request.GET.get("q", ""))
        return HttpResponse("".join(_option(str(each.id), each.label, each.note) for each in found))
    offered = choices_of(entity, field) if described.kind is FieldKind.RECORDS else None
    if offered is not None:
        several = offered.offer(request.actor, request.GET.get(offered.beside, ""), request.GET.get("q", ""))
        return HttpResponse("".join(_option(str(each.id), each.label, each.note) for each in several))
    if described.kind is FieldKind.OPTION:
        return _codes(request, entity, described)
    raise Http404


def _records(request: PageRequest, related: Entity) -> HttpResponse:
    found = candidates(request.actor, related, request.GET.get("q", ""), limit=OFFERED)
    return HttpResponse("".join(_option(str(each.id), each.label, each.note) for each in found.rows))


def _option(value: str, label: str, note: str = "") -> str:
    second = f' data-note="{escape(note)}"' if note else ""
    return f'<option value="{escape(value)}"{second}>{escape(label)}</option>'


def _codes(request: PageRequest, entity: Entity, field: Field) -> HttpResponse:
    if "q" not in request.GET:
        code = deepest(field.option_list, [value for value in request.GET.getlist(field.name) if value])
        widget = TreeSelect(field.option_list, f"/{entity.slug}/choices/{field.name}/")
        return HttpResponse(widget.render(field.name, code, {"id": f"id_{field.name}"}))
    wanted = request.GET["q"].strip().casefold()
    found: list[str] = []
    for entry in options.entries(field.option_list).values():
        label = entry.text()
        if entry.is_active and wanted in label.casefold():
            above = options.ancestors(field.option_list, entry.code)[1:]
            note = " ".join(options.label(field.option_list, code) for code in reversed(above))
            found.append(_option(entry.code, label, note))
            if len(found) == OFFERED:
                break
    return HttpResponse("".join(found))
