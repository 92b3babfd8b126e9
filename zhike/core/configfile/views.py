"""Views shared with everyone in a configuration file."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core import conditions
from zhike.core.actors import Actor
from zhike.core.conditions import ConditionError
from zhike.core.conditions.tree import AllOf, AnyOf, Compare, Counted, Mine, Node, Not, Quantified
from zhike.core.configfile.sections import ConfigSection, Keys, Property, Refusal
from zhike.core.entities import Entity, FieldKind, contribute, registry
from zhike.core.saved_views import actions
from zhike.core.saved_views.models import SavedView, Sharing
from zhike.core.saved_views.reading import SHARE_RIGHT

_STATE = ("condition", "tab", "q", "columns", "sort", "size", "display", "display_settings")
_LINKS = (FieldKind.RELATION, FieldKind.RECORD)


def _shared() -> Iterator[tuple[Entity, SavedView]]:
    """Of two people's views of one name the older one counts."""
    known = {each.slug: each for each in registry.all()}
    for row in SavedView.objects.filter(shared=Sharing.EVERYONE).order_by("entity", "name", "id"):
        if row.entity in known:
            yield known[row.entity], row


def _read() -> Mapping[Keys, Any]:
    found: dict[Keys, Any] = {}
    for entity, row in _shared():
        if not names_records(entity, row.condition):
            found.setdefault((row.entity, row.name), {name: getattr(row, name) for name in _STATE})
    return found


def _left_out() -> list[str]:
    return [
        _("The view “%(name)s” of %(records)s asks for single records, which another company does not have.")
        % {"name": row.name, "records": entity.label_plural}
        for entity, row in _shared()
        if names_records(entity, row.condition)
    ]


def names_records(entity: Entity, condition: Mapping[str, Any]) -> bool:
    """Whether a condition asks for single records by their id. One that cannot be read any more asks for nothing."""
    if not condition:
        return False
    try:
        return any(_links(each) for each in _compares(conditions.parse(entity, condition).root))
    except ConditionError:
        return False


def _links(compare: Compare) -> bool:
    field = compare.path.end
    return field.kind in _LINKS and any(not isinstance(each, Mine) for each in compare.operands)


def _compares(node: Node | None) -> Iterator[Compare]:
    if isinstance(node, Compare):
        yield node
    elif isinstance(node, (AllOf, AnyOf)):
        for part in node.parts:
            yield from _compares(part)
    elif isinstance(node, Not):
        yield from _compares(node.part)
    elif isinstance(node, (Quantified, Counted)):
        yield from _compares(node.where)


def _write(actor: Actor, keys: Keys, thing: Mapping[str, Any]) -> None:
    slug, name = keys
    entity = next((each for each in registry.all() if each.slug == slug), None)
    if entity is None:
        raise Refusal(_("There is no such kind of record."))
    if thing["condition"]:
        _check(entity, thing["condition"])
    row = SavedView.objects.filter(entity=slug, name=name, shared=Sharing.EVERYONE).order_by("id").first()
    if row is not None:
        actions.change_view(actor, entity, row.pk, **thing)
        return
    if actor.user_id is None:
        raise Refusal(_("A view belongs to somebody: say who brings it in, with --as USER."))
    actions.create_view(actor, entity, name=name, state=thing, shared=Sharing.EVERYONE)


def _check(entity: Entity, condition: Mapping[str, Any]) -> None:
    try:
        conditions.parse(entity, condition)
    except ConditionError as error:
        raise Refusal(str(error), "condition") from error
    if names_records(entity, condition):
        raise Refusal(
            _("A condition in a file cannot ask for single records: their ids differ in every company."), "condition"
        )


def _remove(actor: Actor, keys: Keys) -> None:
    for row in SavedView.objects.filter(entity=keys[0], name=keys[1], shared=Sharing.EVERYONE):
        actions.delete_view(actor, registry.get(keys[0]), row.pk)


contribute(
    ConfigSection(
        name="views",
        label=gettext_lazy("Shared views"),
        right=SHARE_RIGHT,
        depth=2,
        read=_read,
        write=_write,
        remove=_remove,
        left_out=_left_out,
        properties={
            "condition": Property(kind=dict, default={}),
            "tab": Property(kind=str, default=""),
            "q": Property(kind=str, default=""),
            "columns": Property(kind=str, default=""),
            "sort": Property(kind=str, default=""),
            "size": Property(kind=int, default=0),
            "display": Property(kind=str, default="table"),
            "display_settings": Property(kind=dict, default={}),
        },
        weight=750,
    )
)
