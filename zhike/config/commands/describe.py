"""`zhike describe`: one kind of record in words, for people who build on it."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from zhike.config.cli import Stop, say, start
from zhike.config.language import gettext as _

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

    from zhike.core.entities import Entity


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("entity", metavar="ENTITY", help=_("kind of record as in its address, for example customers"))
    parser.epilog = _("Addresses of pages and API, fields of form and schema, steps, and what each role may do.")


def run(options: Namespace) -> None:
    start()
    from zhike.core.entities import registry

    known = {entity.slug: entity for entity in registry.all()}
    entity = known.get(options.entity)
    if entity is None:
        names = ", ".join(sorted(known))
        raise Stop(
            _("There is no kind of record “%(name)s”; there are: %(names)s.") % {"name": options.entity, "names": names}
        )
    say(f"{entity.slug}: {entity.label_plural} ({entity.model._meta.label}, {entity.kind.value})")
    for title, lines in _sections(entity):
        if lines:
            say(f"\n{title}")
            for line in lines:
                say(f"  {line}")


def _sections(entity: "Entity") -> Iterator[tuple[str, list[str]]]:
    yield _("Addresses"), addresses(entity)
    yield _("Form"), _form(entity)
    yield _("Schema for creating"), _schema(entity)
    yield _("Steps"), [f"{verb.name:<16} {verb.label} ({_('right')}: {verb.action})" for verb in entity.verbs]
    yield _("Lists and conditions"), _listed(entity)
    yield _("Rights by role"), _rights(entity)


def addresses(entity: "Entity") -> list[str]:
    """Every address of the entity's own, pages and API."""
    from django.urls import get_resolver

    wanted = (f"/{entity.slug}/", f"/api/v1/{entity.slug}")
    found = [address for address in _walk(get_resolver().url_patterns, "/") if f"{address}/".startswith(wanted)]
    return list(dict.fromkeys(found))


def _walk(patterns: Iterable["URLPattern | URLResolver"], before: str) -> Iterator[str]:
    from django.urls import URLResolver

    from zhike.core.api.urls import EntityAddresses

    for each in patterns:
        address = before + _plain(each)
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, address)
        elif isinstance(each, EntityAddresses):
            yield from _walk(each.routes, before)
        else:
            yield address


def _plain(each: "URLPattern | URLResolver") -> str:
    return str(each.pattern).removeprefix("^").removesuffix("$")


def _form(entity: "Entity") -> list[str]:
    from zhike.core import layouts

    lines = []
    for field in layouts.form_fields(entity):
        name = field.name
        notes = [field.kind.value]
        if field.custom is not None:
            notes.append(_("custom"))
        if field.required:
            notes.append(_("required"))
        if field.unique:
            notes.append(_("unique"))
        if field.related is not None:
            notes.append(f"→ {field.related._meta.label}")
        lines.append(f"{name:<24} {field.label} ({', '.join(notes)})")
    return lines


def _schema(entity: "Entity") -> list[str]:
    from zhike.core.api.schemas import create_schema

    schema = create_schema(entity).model_json_schema()
    required = set(schema.get("required", ()))
    return [
        f"{name + ('*' if name in required else ''):<24} {_shape(each)}" for name, each in schema["properties"].items()
    ]


def _shape(schema: dict[str, object]) -> str:
    """A JSON schema in a line: its types, and what bounds them."""
    either = schema.get("anyOf")
    kinds = either if isinstance(either, list) else [schema]
    told = []
    for kind in kinds:
        bounds = {key: value for key, value in kind.items() if key not in ("type", "title", "default", "description")}
        if kind.get("type") != "null":
            told.append(f"{kind.get('type', '')} {json.dumps(bounds, ensure_ascii=False) if bounds else ''}".strip())
    return " | ".join(told)


def _listed(entity: "Entity") -> list[str]:
    from zhike.core import layouts

    named = {
        _("columns"): entity.columns,
        _("filters"): layouts.filters(entity),
        _("search"): tuple(entity.search),
        _("history"): entity.history,
        _("relations"): tuple(relation.name for relation in entity.relations),
    }
    return [f"{label}: {', '.join(names)}" for label, names in named.items() if names]


def _rights(entity: "Entity") -> list[str]:
    from zhike.core.pages.words import sentence_start
    from zhike.identity.models import Role
    from zhike.identity.organisation import rules_of
    from zhike.identity.role_words import describe_role

    label = sentence_start(entity.label_plural)
    lines = []
    for role in Role.objects.order_by("id"):
        rights = describe_role(rules_of(role.grants, role.denies, role.fields, role.settings)).entities
        phrases = [phrase for each in rights if each.label == label for phrase in each.phrases]
        said = "; ".join(f"{phrase.actions}: {phrase.scope}" for phrase in phrases)
        lines.append(f"{role.name}: {said or _('nothing')}")
    return lines
