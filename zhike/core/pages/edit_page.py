"""Creating and changing a record by form. Nothing typed is lost: faults come back with the form, a conflict asks field by field."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhike.core import layouts, writes
from zhike.core.actors import Actor, FieldMode
from zhike.core.entities import Entity, FieldKind
from zhike.core.files import held
from zhike.core.pages.answers import MALFORMED, REFUSED, done, gone_to, show_page
from zhike.core.pages.display import Link, Value, show
from zhike.core.pages.file_inputs import OUT, FilesInput
from zhike.core.pages.forms import RecordForm, editable_fields, make_form
from zhike.core.pages.guards import open_entity, reached, signed_in
from zhike.core.pages.reading import Fact, Reader
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.titles import list_address, record_address, title_of
from zhike.core.pages.words import join_words, sentence_start
from zhike.core.record_choices import as_keys

# How a conflict is settled for one field: the name of the radio buttons, and the choice that leaves the other's value.
SETTLED = "settle__"
THEIRS = "theirs"


@dataclass(frozen=True)
class Clash:
    """One field that two people changed, both values as HTML."""

    name: str
    label: str
    theirs: SafeString
    mine: SafeString


@signed_in
@require_http_methods(["GET", "POST"])
def new_page(request: PageRequest, slug: str) -> HttpResponse:
    """`/customers/new/`; the query presets fields (`?customer=42`)."""
    entity = open_entity(request.actor, slug, "create")
    if request.method != "POST":
        return _show(request, entity, make_form(entity, request.actor, presets=_presets(request)))
    form = make_form(entity, request.actor, posted=request.POST, files=request.FILES)
    if not form.is_valid():
        return _show(request, entity, form, status=MALFORMED)
    row = layouts.make_row(entity, form.wanted)
    try:
        writes.create(request.actor, row)
    except (writes.Refused, ValidationError) as refusal:
        return _refused(request, entity, form, refusal)
    sentence = _("%(record)s “%(title)s” was created.") % {
        "record": sentence_start(entity.label),
        "title": title_of(entity, row),
    }
    if "another" in request.POST:
        presets = {name: request.POST.get(name, "") for name in request.GET if name in form.fields}
        query = QueryDict(mutable=True)
        query.update(presets)
        return gone_to(request, sentence, f"{list_address(entity)}new/?{query.urlencode()}".rstrip("?"))
    return done(request, sentence, record_address(entity, row.pk))


def _presets(request: HttpRequest) -> dict[str, str]:
    return {name: str(value)[:200] for name, value in request.GET.items()}


@signed_in
@require_http_methods(["GET", "POST"])
def edit_page(request: PageRequest, slug: str, pk: int) -> HttpResponse:
    """`/customers/42/edit/`. The form carries the version it was made from, by which `writes` notices what came between."""
    entity = open_entity(request.actor, slug, "edit")
    row = reached(request.actor, entity, pk, "edit")
    if request.method != "POST":
        return _show(request, entity, make_form(entity, request.actor, row), row=row)
    form = make_form(entity, request.actor, row, posted=request.POST, files=request.FILES)
    if not form.is_valid():
        return _show(request, entity, form, row=row, status=MALFORMED)
    wanted = {name: value for name, value in form.wanted.items() if request.POST.get(SETTLED + name) != THEIRS}
    try:
        saved, kept = writes.merge_edit(request.actor, entity.model, pk, _version(request, row), wanted)
    except writes.Conflict as conflict:
        return _conflict_page(request, entity, row, form, conflict)
    except (writes.Refused, ValidationError) as refusal:
        return _refused(request, entity, form, refusal, row=row)
    return done(request, _saved_sentence(entity, request.actor, saved, kept), record_address(entity, pk))


def _version(request: HttpRequest, row: Any) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else int(row.version)


def _saved_sentence(entity: Entity, actor: Actor, row: Any, kept: frozenset[str]) -> str:
    saved = _("“%(title)s” was saved.") % {"title": title_of(entity, row)}
    shown = [
        sentence_start(entity.field(name).label)
        for name in sorted(kept)
        if entity.has_field(name) and actor.access.field_mode(entity.slug, name) is not FieldMode.HIDDEN
    ]
    if not shown:
        return saved
    kept_sentence = _("Meanwhile somebody else changed %(fields)s; both changes were kept.") % {
        "fields": join_words(shown)
    }
    return f"{saved} {kept_sentence}"


def _refused(
    request: HttpRequest,
    entity: Entity,
    form: RecordForm,
    refusal: writes.Refused | ValidationError,
    *,
    row: Any = None,
) -> HttpResponse:
    if isinstance(refusal, writes.NotReachable):
        raise refusal
    form.refuse(refusal)
    status = REFUSED if isinstance(refusal, (writes.RuleBroken, writes.Conflict)) else MALFORMED
    if isinstance(refusal, writes.NotAllowed):
        status = 403
    return _show(request, entity, form, row=row, status=status)


def _show(
    request: HttpRequest, entity: Entity, form: RecordForm, *, row: Any = None, status: int = 200
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    title = (
        _("New %(record)s") % {"record": entity.label}
        if row is None
        else _("Edit “%(title)s”") % {"title": title_of(entity, row)}
    )
    context = {
        "entity": entity,
        "row": row,
        "form": form,
        "title": title,
        "action": request.get_full_path(),
        "version": request.POST.get("version") or (row.version if row is not None else ""),
        "back": record_address(entity, row.pk) if row is not None else list_address(entity),
        "list_address": list_address(entity),
        "list_title": sentence_start(entity.label_plural),
        "fits": row is None or entity.may_change(actor, row),
        "shown_only": _shown_only(actor, entity, row),
        "draft_key": f"{entity.slug}:{row.pk if row is not None else 'new'}",
    }
    return show_page(request, "core/form.html", context, status=status)


def _shown_only(actor: Actor, entity: Entity, row: Any) -> list[Fact]:
    """Fields that this person may read but not change, shown for orientation."""
    if row is None:
        return []
    open_ones = set(editable_fields(entity, actor))
    shut = [name for name in layouts.form_names(entity) if name not in open_ones and entity.field(name).editable]
    return Reader(actor).facts(entity, row, shut)


def _conflict_page(
    request: PageRequest, entity: Entity, row: Any, form: RecordForm, conflict: writes.Conflict
) -> HttpResponse:
    """Both values of every field that two people changed; whichever is chosen, the rest of what was typed goes along."""
    if not conflict.differences:
        form.refuse(conflict)
        return _show(request, entity, form, row=row, status=REFUSED)
    reader = Reader(request.actor)
    clashes = [clash_of(reader, entity, name, each.theirs, each.mine) for name, each in conflict.differences.items()]
    files = {name for name, each in form.fields.items() if isinstance(each, FilesInput)}
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in ("csrfmiddlewaretoken", "version") and not name.startswith(SETTLED)
        if name.removesuffix(OUT) not in files
        for value in values
    ]
    # What was chosen waits already: it goes along by its id.
    typed += [(name, str(pk)) for name in sorted(files) for pk in form.cleaned_data.get(name, ())]
    context = {
        "entity": entity,
        "title": _("“%(title)s” was changed by somebody else") % {"title": title_of(entity, row)},
        "clashes": clashes,
        "typed": typed,
        "version": conflict.version,
        "action": request.get_full_path(),
        "back": record_address(entity, row.pk),
        "settled": SETTLED,
    }
    return show_page(request, "core/conflict.html", context, status=REFUSED)


def clash_of(reader: Reader, entity: Entity, name: str, theirs: Any, mine: Any) -> Clash:
    """Both values of a field that two people changed, as HTML."""
    field = entity.field(name)

    def shown(value: Any) -> SafeString:
        if field.kind is FieldKind.FILE:
            return show(Value(field=field, value=value, links=tuple(map(Link, held.names(value)))))
        if field.kind is FieldKind.RECORDS:
            found = reader.key_links(set(as_keys(value)))
            gone = Link(_("a record you do not see"))
            named = (found.get(key, gone) for key in as_keys(value))
            return show(Value(field=field, value=value, links=tuple(each if each.url else gone for each in named)))
        link = Link(str(value)) if field.kind is FieldKind.RELATION and value is not None else None
        return show(Value(field=field, value=value, link=link))

    return Clash(name=name, label=sentence_start(field.label), theirs=shown(theirs), mine=shown(mine))
