"""Records of any kind by what files call them: a number ("KH2026000042"), else a name, where it fits one record alone."""

from collections.abc import Iterable
from typing import Any

from zhike.core import modules
from zhike.core.actors import Actor
from zhike.core.entities import Entity, RecordKind, registry
from zhike.core.fields import PinyinKeyField
from zhike.core.search import pinyin


def keys_by_name(actor: Actor, texts: Iterable[str]) -> dict[str, str]:
    """Keys by text, of records that the actor sees. Customers come first; a text that fits two of a kind is left out."""
    wanted, found = set(texts), dict[str, str]()
    for entity in sorted(_carriers(), key=lambda each: each.party != "id"):
        if not wanted:
            break
        for text, ids in _matching(actor, entity, wanted).items():
            wanted.discard(text)
            if len(ids) == 1:
                found[text] = f"{entity.slug}:{ids.pop()}"
    return found


def _carriers() -> list[Entity]:
    return [
        each
        for each in registry.all()
        if each.attachable and each.kind in (RecordKind.OWNED, RecordKind.PART) and modules.is_on(each.module)
    ]


def _matching(actor: Actor, entity: Entity, texts: set[str]) -> dict[str, set[int]]:
    """Ids by text. A number comes before a name."""
    rows: Any = entity.model._default_manager.all()
    found: dict[str, set[int]] = {}
    if entity.number:
        for pk, number in (
            rows.visible_to(actor).filter(**{f"{entity.number}__in": texts}).values_list("pk", entity.number)
        ):
            found.setdefault(number, set()).add(pk)
    left = texts - found.keys()
    # The sort key has an index, the name has none.
    key = next(
        (each for each in entity.model._meta.fields if isinstance(each, PinyinKeyField) and each.of == entity.title),
        None,
    )
    if key is not None and left:
        keys = {pinyin.sort_key(text, person=key.person)[:255] for text in left}
        named = rows.visible_to(actor).filter(**{f"{key.name}__in": keys}).values_list("pk", entity.title)
        for pk, name in named:
            if name in left:
                found.setdefault(name, set()).add(pk)
    return found
