"""How the tests ask a list."""

from django.http import QueryDict

from zhike.core.actors import Actor
from zhike.core.entities import Entity, registry
from zhike.core.lists import ListPage, ListQuery, read


def entity_of(slug: str) -> Entity:
    return registry.get(slug)


def ask(slug: str, actor: Actor, address: str = "") -> ListPage:
    return read(ListQuery.parse(entity_of(slug), actor, QueryDict(address)))


def ids_of(page: ListPage) -> list[int]:
    return [row.id for row in page.rows]
