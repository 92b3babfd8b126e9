"""What the API does with one entity: the same rights and actions as the pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from zhike.core import layouts, modules, writes
from zhike.core.actors import Actor
from zhike.core.api.answers import json_answer
from zhike.core.api.problems import problem
from zhike.core.api.records import assign, one_json, page_json, plain_names, visible_fields
from zhike.core.entities import Entity, Verb
from zhike.core.external_keys import ExternalKey
from zhike.core.lists import ListQuery, read
from zhike.core.saved_views import reading

Sent = Mapping[str, Any]
MAX_BATCH = 500


def require(actor: Actor, entity: Entity, action: str) -> None:
    """404 where the module is off, 403 without the right."""
    writes.require(actor, entity, action)


def list_records(actor: Actor, entity: Entity, asked: Sent) -> HttpResponse:
    """A page of what the caller sees and asked for."""
    require(actor, entity, "view")
    kept = _view(actor, entity, asked.get("view") or "")
    query = ListQuery.make(
        entity,
        actor,
        condition=asked.get("filter"),
        q=asked.get("q") or kept.get("q", ""),
        sort=plain_names(asked.get("order") or kept.get("sort", "")),
        after=asked.get("cursor") or "",
        size=asked.get("limit") or 50,
        columns=plain_names(asked.get("fields") or kept.get("columns") or ",".join(visible_fields(actor, entity))),
        tab=kept.get("tab", ""),
    )
    if kept.get("condition"):
        query = query.narrowed(kept["condition"])
    return json_answer(page_json(read(query, count=bool(asked.get("total", True)))))


def _view(actor: Actor, entity: Entity, key: str) -> Mapping[str, str]:
    """What a saved view says, as far as its reader may see it. Raises `ListError` where he finds none of that name."""
    return reading.said_by(entity, actor, key) if key else {}


def list_views(actor: Actor, entity: Entity) -> HttpResponse:
    """The views that the caller finds in this list."""
    require(actor, entity, "view")
    found = [
        {
            "view": view.key,
            "name": view.name,
            "owner": view.owner,
            "shared": view.shared,
            "filter": dict(view.condition) or None,
            "tab": view.tab,
            "q": view.q,
            "fields": [name for name in view.columns.split(",") if name],
            "order": view.sort,
            "display": view.display,
        }
        for view in reading.visible_views(actor, entity)
    ]
    return json_answer({"items": found})


def get_record(actor: Actor, entity: Entity, pk: int, fields: str = "") -> HttpResponse:
    """One record; its version is the ETag."""
    require(actor, entity, "view")
    body = one_json(actor, entity, pk, fields)
    return json_answer(body, version=body["version"])


def create_record(actor: Actor, entity: Entity, sent: Sent, status: int = 201) -> HttpResponse:
    """Make a record."""
    row = _create(actor, entity, sent)
    return _written(actor, entity, row, status)


def _create(actor: Actor, entity: Entity, sent: Sent) -> Any:
    require(actor, entity, "create")
    _offer(entity, "create")
    row = layouts.new_row(entity)
    assign(actor, entity, row, sent)
    if entity.has_column("owner") and "owner" not in sent and actor.user is not None:
        row.owner = actor.user  # the person himself, so that his department is not read again
    return writes.create(actor, row)


def _offer(entity: Entity, action: str) -> None:
    if action in entity.without:
        raise writes.RuleBroken(_("%(entity)s cannot be changed in this way.") % {"entity": entity.label_plural})


def change_record(actor: Actor, entity: Entity, pk: int, sent: Sent, expected: int | None) -> HttpResponse:
    """Change the fields sent. `expected` is the version the caller knows; another one stored is 412."""
    with transaction.atomic():
        row = _locked(actor, entity, pk, "edit")
        if expected is not None and expected != row.version:
            return problem(
                412, _("Somebody else changed this record. Read it again and repeat your change."), version=row.version
            )
        assign(actor, entity, row, sent)
        writes.save(actor, row, verb="edit", action="edit")
    return _written(actor, entity, row, 200)


def _locked(actor: Actor, entity: Entity, pk: int, action: str) -> Any:
    """The row, locked. A row that is seen but not changeable is 403, one that is not seen 404."""
    rows: Any = entity.model._default_manager
    if not rows.visible_to(actor).filter(pk=pk).exists():
        raise writes.NotReachable
    require(actor, entity, action)
    _offer(entity, action)
    try:
        return writes.lock(actor, entity, [pk], action)[pk]
    except writes.NotReachable:
        raise writes.NotAllowed(_("You may see this record, but not change it.")) from None


def delete_record(actor: Actor, entity: Entity, pk: int) -> HttpResponse:
    """Put a record into the recycle bin."""
    with transaction.atomic():
        writes.delete(actor, _locked(actor, entity, pk, "delete"))
    return HttpResponse(status=204)


def upsert_record(actor: Actor, entity: Entity, system: str, key: str, sent: Sent) -> HttpResponse:
    """Make or change the record that `system` calls `key`."""
    require(actor, entity, "view")
    with transaction.atomic():
        known = ExternalKey.objects.filter(entity=entity.slug, system=system, key=key).first()
        if known is not None:
            return change_record(actor, entity, known.record_id, sent, None)
        row = _create(actor, entity, sent)
        ExternalKey.objects.create(entity=entity.slug, record_id=row.pk, system=system, key=key)
    return _written(actor, entity, row, 201)


def run_verb(actor: Actor, entity: Entity, verb: Verb, pk: int, sent: Sent) -> HttpResponse:
    """Do what the verb says, with the input its form asks for."""
    if not modules.is_on(verb.module):
        raise writes.NotReachable
    with transaction.atomic():
        row = _locked(actor, entity, pk, verb.action)
        cleaned: dict[str, Any] = {}
        if verb.form_class is not None:
            form = verb.form_class(dict(sent), record=row, actor=actor)
            if not form.is_valid():
                raise ValidationError(
                    {("" if name == "__all__" else name): list(each) for name, each in form.errors.items()}
                )
            cleaned = form.cleaned_data
        row = verb.run(actor, row, **cleaned)
    if verb.gives_away and not entity.model._default_manager.all().visible_to(actor).filter(pk=pk).exists():  # type: ignore[attr-defined]
        return HttpResponse(status=204)
    return _written(actor, entity, row, 200, made=verb.made(actor, row) if verb.made is not None else None)


def run_batch(actor: Actor, entity: Entity, operations: Sequence[Sent]) -> HttpResponse:
    """Up to 500 operations in one transaction: all or none. The first refusal names its place."""
    ids: list[int] = []
    with transaction.atomic():
        for place, operation in enumerate(operations):
            try:
                ids.append(_one_of_batch(actor, entity, operation))
            except writes.Refused as refused:
                refused.sentence = _in_batch(place, refused.sentence)
                raise
            except ValidationError as error:
                raise ValidationError(_in_batch(place, " ".join(error.messages))) from error
    return json_answer({"ids": ids})


def _in_batch(place: int, sentence: str) -> str:
    return _("Operation %(place)d: %(sentence)s Nothing was changed.") % {"place": place + 1, "sentence": sentence}


def _one_of_batch(actor: Actor, entity: Entity, operation: Sent) -> int:
    kind, pk, record = operation["op"], operation.get("id"), operation.get("record") or {}
    if kind == "create":
        return int(_create(actor, entity, record).pk)
    if pk is None:
        raise writes.RuleBroken(_("An id is missing."), field="id")
    row = _locked(actor, entity, pk, "delete" if kind == "delete" else "edit")
    if kind == "delete":
        writes.delete(actor, row)
        return int(pk)
    version = operation.get("version")
    if version is not None and version != row.version:
        raise writes.Conflict({}, row.version)
    assign(actor, entity, row, record)
    writes.save(actor, row, verb="edit", action="edit")
    return int(pk)


def _written(
    actor: Actor, entity: Entity, row: Any, status: int, *, made: Mapping[str, int | None] | None = None
) -> HttpResponse:
    body = one_json(actor, entity, row.pk)
    if made is not None:
        body["made"] = dict(made)
    response = json_answer(body, status, version=body["version"])
    if status == 201:
        response["Location"] = f"/api/v1/{entity.slug}/{row.pk}"
    return response


def expected_version(request: HttpRequest) -> int | None:
    """The version in If-Match, or None when the header is absent or `*`. Raises `ValidationError`."""
    text = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if text in ("", "*"):
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise ValidationError(_('If-Match carries the version from the ETag, such as "3".'))
    return int(text)
