"""Every route of the product: those that the registry makes, and the table of the others with what each answers to whom."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests.every_entity.matrix import WITHHELD
from tests.every_entity.steps import choice_fields, steps_of
from tests.every_entity.world import World, is_deletable
from zhike.core.api.urls import EntityAddresses
from zhike.core.entities import registry
from zhike.identity.models import Role

SIGN_IN = 302


@dataclass(frozen=True)
class Row:
    """One route that the registry does not make: an address, its method, and what nobody, ana and the administrator get."""

    address: str
    nobody: int
    ana: int
    admin: int
    method: str = "GET"


def _get(address: str, nobody: int, ana: int, admin: int) -> Row:
    return Row(address, nobody, ana, admin)


def _post(address: str, nobody: int, ana: int, admin: int) -> Row:
    return Row(address, nobody, ana, admin, "POST")


# {user} is ben, {role} and {token} exist, 987654321 does not.
OTHERS: dict[str, Row] = {
    "home": _get("/", SIGN_IN, 200, 200),
    "worker": _get("/worker.js", 200, 200, 200),
    "offline": _get("/offline/", 200, 200, 200),
    "help": _get("/help/", SIGN_IN, 200, 200),
    "help-chapter": _get("/help/start/", SIGN_IN, 200, 200),
    "home-arrange": _get("/home/arrange/", SIGN_IN, 200, 200),
    "viewed": _post("/viewed/", SIGN_IN, 204, 204),
    "search": _get("/search/", SIGN_IN, 200, 200),
    "timeline": _get("/activities/timeline/?about=customers:987654321", SIGN_IN, 404, 404),
    "log-follow-up": _get("/activities/log/?about=customers:987654321", SIGN_IN, 404, 404),
    "people-to-mention": _get("/activities/people/?about=customers:987654321", SIGN_IN, 404, 404),
    "calendar": _get("/calendar/", SIGN_IN, 200, 200),
    "funnel": _get("/funnel/", SIGN_IN, 200, 200),
    "funnel-records": _get("/funnel/records/", SIGN_IN, 200, 200),
    "language": _post("/language/", 302, 302, 302),
    "theme": _post("/theme/", 302, 302, 302),
    "openapi": _get("/api/v1/openapi.json", 401, 401, 401),
    "setup": _get("/setup/", 404, 404, 404),
    "account_login": _get("/accounts/login/", 200, 302, 302),
    "account_logout": _get("/accounts/logout/", 302, 200, 200),
    "account_change_password": _get("/accounts/password/change/", SIGN_IN, 200, 200),
    "account_reset_password": _get("/accounts/password/reset/", 200, 200, 200),
    "account_reset_password_done": _get("/accounts/password/reset/done/", 200, 200, 200),
    "account_reset_password_from_key": _get("/accounts/password/reset/key/1-x/", 200, 200, 200),
    "account_reset_password_from_key_done": _get("/accounts/password/reset/key/done/", 200, 200, 200),
    "profile": _get("/accounts/profile/", SIGN_IN, 200, 200),
    "create_token": _post("/accounts/tokens/", SIGN_IN, 422, 422),
    "revoke_token": _post("/accounts/tokens/987654321/revoke/", SIGN_IN, 404, 404),
    "jobs": _get("/jobs/", SIGN_IN, 200, 200),
    "job": _get("/jobs/987654321/", SIGN_IN, 404, 404),
    "job-progress": _get("/jobs/987654321/progress/", SIGN_IN, 404, 404),
    "job-cancel": _post("/jobs/987654321/cancel/", SIGN_IN, 404, 404),
    "job-result": _get("/jobs/987654321/result/", SIGN_IN, 404, 404),
    "imports": _get("/imports/", SIGN_IN, 200, 200),
    "import-of-job": _get("/imports/job/987654321/", SIGN_IN, 404, 404),
    "import-show": _get("/imports/987654321/", SIGN_IN, 404, 404),
    "import-columns": _get("/imports/987654321/columns/", SIGN_IN, 404, 404),
    "import-values": _get("/imports/987654321/values/", SIGN_IN, 404, 404),
    "import-doubles": _get("/imports/987654321/doubles/", SIGN_IN, 404, 404),
    "import-trial": _get("/imports/987654321/trial/", SIGN_IN, 404, 404),
    "import-run": _get("/imports/987654321/run/", SIGN_IN, 404, 404),
    "import-undo": _post("/imports/987654321/undo/", SIGN_IN, 404, 404),
    "import-drop": _post("/imports/987654321/drop/", SIGN_IN, 404, 404),
    "attachment-upload": _get("/attachments/upload/", SIGN_IN, 404, 404),
    "attachment-download": _get("/attachments/987654321/download/", SIGN_IN, 404, 404),
    "attachment-preview": _get("/attachments/987654321/preview/", SIGN_IN, 404, 404),
    "notifications": _get("/notifications/", SIGN_IN, 200, 200),
    "notification-bell": _get("/notifications/bell/", SIGN_IN, 200, 200),
    "notification-newest": _get("/notifications/newest/", SIGN_IN, 200, 200),
    "notifications-read": _post("/notifications/read/", SIGN_IN, 302, 302),
    "notification-open": _post("/notifications/987654321/open/", SIGN_IN, 404, 404),
    "notification-mark": _post("/notifications/987654321/mark/", SIGN_IN, 404, 404),
    "notification-preferences": _get("/notifications/preferences/", SIGN_IN, 200, 200),
    "settings-notifications": _get("/settings/notifications/", SIGN_IN, 403, 200),
    "watching": _post("/watching/", SIGN_IN, 404, 404),
    "settings": _get("/settings/", SIGN_IN, 200, 200),
    "settings-company": _get("/settings/company/", SIGN_IN, 403, 200),
    "settings-company-names": _post("/settings/company/names/", SIGN_IN, 403, 302),
    "settings-rates": _get("/settings/currencies/", SIGN_IN, 403, 200),
    "settings-rate-remove": _post("/settings/currencies/987654321/remove/", SIGN_IN, 403, 404),
    "settings-numbering": _get("/settings/numbering/", SIGN_IN, 403, 200),
    "settings-number-rule": _get("/settings/numbering/customer/", SIGN_IN, 403, 200),
    "settings-scoring": _get("/settings/scoring/", SIGN_IN, 403, 200),
    "settings-scoring-of": _get("/settings/scoring/leads/", SIGN_IN, 403, 200),
    "settings-score-rule-new": _get("/settings/scoring/leads/new/", SIGN_IN, 403, 200),
    "settings-score-rule": _get("/settings/scoring/leads/1/", SIGN_IN, 403, 200),
    "settings-score-rule-step": _post("/settings/scoring/leads/1/up/", SIGN_IN, 403, 302),
    "leads-known": _get("/leads/known/?mobile=13800138000", SIGN_IN, 200, 200),
    "settings-fields": _get("/settings/fields/", SIGN_IN, 403, 200),
    "settings-entity": _get("/settings/fields/customers/", SIGN_IN, 403, 200),
    "settings-field-new": _get("/settings/fields/customers/new/", SIGN_IN, 403, 200),
    "settings-entity-names": _get("/settings/fields/customers/names/", SIGN_IN, 403, 200),
    "settings-field": _get("/settings/fields/customers/fields/name/", SIGN_IN, 403, 200),
    "settings-field-step": _post("/settings/fields/customers/fields/cf_nothing/retire/", SIGN_IN, 403, 404),
    "settings-menu": _get("/settings/menu/", SIGN_IN, 403, 200),
    "settings-configuration": _get("/settings/configuration/", SIGN_IN, 403, 200),
    "settings-configuration-file": _get("/settings/configuration/zhike.toml", SIGN_IN, 403, 200),
    "settings-pipelines": _get("/settings/pipelines/", SIGN_IN, 403, 200),
    "settings-pipeline": _get("/settings/pipelines/987654321/", SIGN_IN, 403, 404),
    "settings-modules": _get("/settings/modules/", SIGN_IN, 403, 200),
    "settings-tags": _get("/settings/tags/", SIGN_IN, 403, 302),
    "settings-options": _get("/settings/options/", SIGN_IN, 403, 200),
    "settings-option-list": _get("/settings/options/source/", SIGN_IN, 403, 200),
    "settings-option": _get("/settings/options/source/website/", SIGN_IN, 403, 200),
    "settings-option-step": _post("/settings/options/source/website/down/", SIGN_IN, 403, 302),
    "settings_departments": _get("/settings/departments/", SIGN_IN, 403, 200),
    "settings_roles": _get("/settings/roles/", SIGN_IN, 403, 200),
    "settings_new_role": _get("/settings/roles/new/", SIGN_IN, 403, 200),
    "settings_role": _get("/settings/roles/{role}/", SIGN_IN, 403, 200),
    "settings_delete_role": _post("/settings/roles/987654321/delete/", SIGN_IN, 403, 404),
    "service_token": _get("/users/{user}/token/", SIGN_IN, 403, 404),
    "revoke_token_of": _post("/users/{user}/tokens/987654321/revoke/", SIGN_IN, 403, 404),
    "person_invite": _get("/users/{user}/invite/", SIGN_IN, 403, 200),
    "person_reset_password": _get("/users/{user}/reset_password/", SIGN_IN, 403, 200),
    "person_activate": _get("/users/{user}/activate/", SIGN_IN, 403, 200),
    "person_lock": _get("/users/{user}/lock/", SIGN_IN, 403, 200),
    "person_mark_left": _get("/users/{user}/mark_left/", SIGN_IN, 403, 200),
    # Nothing in them is chosen from a list.
    **{
        f"{entity.slug}:choices": _get(
            f"/{entity.slug}/choices/{entity.title}/", SIGN_IN, 403 if entity.slug in WITHHELD else 404, 404
        )
        for entity in registry.all()
        if not choice_fields(entity)
    },
    # Nothing can be done with several departments, people or roles at once; the address is there for all the same.
    **{
        f"{entity.slug}:bulk": _post(
            f"/{entity.slug}/bulk/nothing/", SIGN_IN, 403 if entity.slug in WITHHELD else 404, 404
        )
        for entity in registry.all()
        if not is_deletable(entity) and not any(verb.bulk for verb in entity.verbs)
    },
}


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str


def routes(patterns: Any = None, prefix: str = "", space: str = "") -> Iterator[Route]:
    """Every route of the URLconf, its name with namespaces."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from routes(each.url_patterns, f"{prefix}{each.pattern}", inner)
        elif isinstance(each, EntityAddresses):
            yield from routes(each.routes, prefix, space)
        elif isinstance(each, URLPattern):
            yield Route(f"{space}{each.name}", f"{prefix}{each.pattern}")


def is_reached(route: Route) -> bool:
    """Whether an address leads to the route at all; an app's own page may stand before the registry's."""
    path = re.sub(r"<int:\w+>", "1", re.sub(r"<slug:\w+>", "x", f"/{route.pattern}"))
    return route.pattern.startswith("^") or resolve(path).view_name == route.name


def address_of(row: Row, world: World) -> str:
    role = Role.objects.get(code="read_only")
    return row.address.format(user=world.people.ben.pk, role=role.pk)


def addresses(world: World) -> list[str]:
    """An address for every route that answers GET, with ids that exist."""
    found = [address_of(row, world) for row in OTHERS.values() if row.method == "GET"]
    for entity in registry.all():
        for step in steps_of(world, entity, world.people.ana):
            if step.method == "GET":
                row = world.rows[entity.slug].target
                found.append(("/api/v1/" if step.door == "api" else "") + step.path(row.pk))
    return list(dict.fromkeys(found))
