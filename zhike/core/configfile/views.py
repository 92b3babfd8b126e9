"""Shared views in a configuration file: those for everyone, and those for one department, which goes by its path."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core import conditions
from zhike.core.actors import Actor
from zhike.core.conditions import ConditionError
from zhike.core.conditions.tree import AllOf, AnyOf, Compare, Counted, Mine, Node, Not, Quantified
from zhike.core.configfile.rows import read_rows
from zhike.core.configfile.sections import ConfigSection, Keys, Property, Refusal, Skipped
from zhike.core.entities import Entity, FieldKind, contribute, registry
from zhike.core.saved_views import actions
from zhike.core.saved_views.models import SavedView, Sharing
from zhike.core.saved_views.reading import SHARE_RIGHT

_STATE = {
    "condition": Property(kind=dict, default={}),
    "tab": Property(kind=str, default=""),
    "q": Property(kind=str, default=""),
    "columns": Property(kind=str, default=""),
    "sort": Property(kind=str, default=""),
    "size": Property(kind=int, default=0),
    "display": Property(kind=str, default="table"),
    "display_settings": Property(kind=dict, default={}),
}
_LINKS = (FieldKind.RELATION, FieldKind.RECORD)


def _shared(sharing: Sharing) -> Iterator[tuple[Entity, SavedView]]:
    """Of two people's views of one name the older one counts."""
    known = {each.slug: each for each in registry.all()}
    for row in SavedView.objects.filter(shared=sharing).order_by("entity", "name", "id"):
        if row.entity in known:
            yield known[row.entity], row


def _read() -> Mapping[Keys, Any]:
    oldest: dict[tuple[str, str], SavedView] = {}
    for entity, row in _shared(Sharing.EVERYONE):
        if not names_records(entity, row.condition):
            oldest.setdefault((row.entity, row.name), row)
    return read_rows(oldest.values(), ("entity", "name"), _STATE)


def _read_of_departments() -> Mapping[Keys, Any]:
    paths = {pk: path for path, pk in departments_by_path().items()}
    oldest: dict[Keys, SavedView] = {}
    for entity, row in _shared(Sharing.DEPARTMENT):
        if row.department_id in paths and not names_records(entity, row.condition):
            oldest.setdefault((row.entity, paths[row.department_id], row.name), row)
    return {keys: read_rows([row], (), _STATE)[()] for keys, row in oldest.items()}


def departments_by_path() -> dict[str, int]:
    """The departments by their path from the top ("总部/华东"), of two of one path (a name may hold a slash) neither."""
    model = SavedView._meta.get_field("department").related_model
    rows: Any = model._default_manager
    above = {row.pk: (row.name, row.parent_id) for row in rows.visible_to(Actor.system()).order_by("pk")}
    found: dict[str, int] = {}
    twice: set[str] = set()
    for pk in above:
        path = "/".join(reversed(list(_names_up(pk, above))))
        twice |= {path} & found.keys()
        found[path] = pk
    return {path: pk for path, pk in found.items() if path not in twice}


def _names_up(pk: int | None, above: Mapping[int, tuple[str, int | None]]) -> Iterator[str]:
    while pk is not None:
        name, pk = above[pk]
        yield name


def _left_out() -> list[str]:
    return [
        _("The view “%(name)s” of %(records)s asks for single records, which another company does not have.")
        % {"name": row.name, "records": entity.label_plural}
        for sharing in (Sharing.EVERYONE, Sharing.DEPARTMENT)
        for entity, row in _shared(sharing)
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
    entity = _entity(slug, thing)
    row = SavedView.objects.filter(entity=slug, name=name, shared=Sharing.EVERYONE).order_by("id").first()
    if row is not None:
        actions.change_view(actor, entity, row.pk, **thing)
        return
    _must_be_somebody(actor)
    actions.create_view(actor, entity, name=name, state=thing, shared=Sharing.EVERYONE)


def _write_of_department(actor: Actor, keys: Keys, thing: Mapping[str, Any]) -> None:
    slug, path, name = keys
    entity = _entity(slug, thing)
    department = departments_by_path().get(path)
    if department is None:
        raise Skipped(
            _("Skipped, because there is no department “%(path)s” here. Add it, then bring the file in again.")
            % {"path": path}
        )
    known = actions.of_department(slug, department).filter(name=name)
    if not known.exists():
        _must_be_somebody(actor)
        if SavedView.objects.filter(owner=actor.user_id, entity=slug, name=name).exists():
            raise Skipped(
                _("Skipped, because you have a view of this name already, and a view belongs to who brings it in.")
            )
    actions.keep_for_department(actor, entity, name=name, department=department, state=thing)


def _entity(slug: str, thing: Mapping[str, Any]) -> Entity:
    entity = next((each for each in registry.all() if each.slug == slug), None)
    if entity is None:
        raise Refusal(_("There is no such kind of record."))
    if thing["condition"]:
        _check(entity, thing["condition"])
    return entity


def _must_be_somebody(actor: Actor) -> None:
    if actor.user_id is None:
        raise Refusal(_("A view belongs to somebody: say who brings it in, with --as USER."))


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


def _remove_of_department(actor: Actor, keys: Keys) -> None:
    slug, path, name = keys
    actions.drop_for_department(actor, slug, name, departments_by_path()[path])


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
        properties=_STATE,
        weight=750,
    ),
    ConfigSection(
        name="department_views",
        label=gettext_lazy("Views of one department"),
        right=SHARE_RIGHT,
        depth=3,
        read=_read_of_departments,
        write=_write_of_department,
        remove=_remove_of_department,
        properties=_STATE,
        weight=760,
    ),
)
