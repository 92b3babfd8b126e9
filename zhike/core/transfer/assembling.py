"""What a person chose in the steps of the page, checked and put together into the arguments of an import."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from zhike.core import modules
from zhike.core.actors import Actor
from zhike.core.customfields.models import CustomKind
from zhike.core.entities import Entity, FieldKind, RecordKind, registry
from zhike.core.records import Record
from zhike.core.transfer import making, mapping, offers
from zhike.core.transfer.jobs import UPLOADS, ImportArguments, Made, Part
from zhike.core.transfer.making import NewField, NewOptions
from zhike.core.transfer.models import TableImport
from zhike.core.transfer.plan import When
from zhike.core.transfer.relations import Relations, chosen_record

# What may be done about a value that its field does not know.
USE, MAKE, BLANK, SKIP, ME, FAULT = "use", "make", "blank", "skip", "me", "fault"
_SYSTEM_LENGTH = 60


@dataclass(kw_only=True)
class Decisions:
    """What was decided about the strange values of one column: for each value (what, text), and for the rest."""

    rest: str = FAULT
    each: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, chosen: Mapping[str, Any], column: str) -> "Decisions":
        stored = chosen.get("values", {}).get(column, {})
        each = {value: (do, text) for value, (do, text) in stored.get("each", {}).items()}
        return cls(rest=stored.get("rest", FAULT), each=each)

    def to_json(self) -> dict[str, Any]:
        return {"rest": self.rest, "each": {value: list(decided) for value, decided in self.each.items()}}

    def of_value(self, value: str) -> tuple[str, str]:
        return self.each.get(value, (self.rest, ""))


def makeable(actor: Actor, entity: Entity, target: str) -> Entity | None:
    """The entity of which records can be made by their name alone, when the target names such and this person may."""
    owner, name = offers.place_of(entity, target)
    if not owner.has_field(name):
        return None
    related = owner.field(name).related
    if related is None or not issubclass(related, Record) or not registry.has(related):
        return None
    found = registry.of(related)
    needed = {choice.name for choice in mapping.choices(actor, found) if choice.required}
    may = all(actor.access.reach(found.slug, action) is not None for action in ("view", "create", "import"))
    fits = "import" not in found.without and needed <= {found.title} and found.field(found.title).kind.is_text
    return found if may and fits and modules.is_on(found.module) else None


def is_person(entity: Entity, target: str) -> bool:
    """Whether the target names a person who uses Zhike."""
    from django.contrib.auth import get_user_model

    owner, name = offers.place_of(entity, target)
    return owner.has_field(name) and owner.field(name).related is get_user_model()


def title_is_composed(entity: Entity, columns: Mapping[str, str]) -> bool:
    """Whether the name of the records is put together, since no column goes to it."""
    return entity.title not in columns and entity.field(entity.title).kind is FieldKind.TEXT


def likely_title(entity: Entity, columns: Mapping[str, str]) -> list[str]:
    """The headings a name is probably put together of: what the parts are of, then the related records."""
    found: list[str] = []
    for part in registry.parts_of(entity):
        heading = columns.get(f"{part.slug}.{part.title}")
        found += [heading] if heading else []
    for name, heading in offers.own_columns(columns).items():
        if entity.has_field(name) and entity.field(name).kind is FieldKind.RELATION and name == entity.party:
            found.append(heading)
    return found[:2]


def mistake(actor: Actor, entity: Entity, posted: Sequence[tuple[str, str]]) -> str:
    """What is wrong with a person's choice of (heading, target), as a sentence; blank when nothing is."""
    chosen = [target for _heading, target in posted if target]
    labels = offers.allowed(actor, entity)
    if not any(target in offers.own_columns(dict.fromkeys(chosen, "")) for target in chosen):
        return _("Choose a field for at least one column.")
    for target in chosen:
        if chosen.count(target) > 1:
            return _("Two columns go to “%(field)s”. Choose one of them.") % {"field": labels[target]}
    columns = {target: heading for heading, target in posted if target}
    for state in offers.days_of(columns):
        if state not in columns:
            return _(
                "A column goes to the day of “%(field)s”, but none to “%(field)s” itself. Choose that one too."
            ) % {"field": entity.field(state).label}
    return ""


def arguments_of(actor: Actor, row: TableImport, *, dry_run: bool) -> ImportArguments:
    """All that was chosen so far as the arguments of a job."""
    entity = registry.get(row.entity)
    chosen = row.chosen
    columns: dict[str, str] = chosen["columns"]
    key: list[str] = chosen["key"]
    looked = (row.look.report if row.look is not None else {}) or {}
    decided = _Decided(actor, entity, chosen, looked.get("strange", []))
    fields = new_fields(chosen, looked.get("lists", {}))
    match = ",".join(name for name in chosen.get("match", []) if name in columns)
    return ImportArguments(
        upload=row.upload,
        name=row.name,
        slug=entity.slug,
        key=_template(key),
        # Numbers of one file are not those of another: keys live under the columns they come from.
        system=f"{UPLOADS}:{match or '/'.join(key)}"[:_SYSTEM_LENGTH],
        when=chosen.get("when") if chosen.get("when") in list(When) else When.UPDATE,
        columns={name: heading for name, heading in offers.own_columns(columns).items() if name not in decided.history},
        compose=_composed(entity, columns, chosen.get("title", [])),
        constants=_constants(actor, entity, columns, chosen),
        aliases=decided.aliases,
        leave_out=decided.leave_out,
        history=decided.history,
        made=decided.made,
        new_fields=fields,
        new_options=decided.options,
        parts=[_part(part, columns, key) for part in registry.parts_of(entity) if _is_described(part, columns)],
        match=match,
        blanks="clear" if chosen.get("blanks") == "clear" else "keep",
        dry_run=dry_run,
        **{name: chosen.get(name, "") for name in ("sheet", "encoding", "delimiter")},
    )


class _Decided:
    """What follows from the values step: replacements, rows left out, records to be made; and the states with their days."""

    def __init__(
        self, actor: Actor, entity: Entity, chosen: Mapping[str, Any], strange: Sequence[Mapping[str, Any]]
    ) -> None:
        self.aliases: dict[str, dict[str, str]] = {}
        self.leave_out: dict[str, list[str]] = {}
        self._to_make: dict[str, dict[str, None]] = {}
        self._to_add: dict[str, dict[str, None]] = {}
        self.history = _history(actor, entity, chosen["columns"])
        for each in strange:
            decisions = Decisions.of(chosen, each["column"])
            made = makeable(actor, entity, each["target"])
            listed = making.extendable_list(actor, entity, each["target"])
            for value, *_rest in each["values"]:
                self._decide(actor, each["column"], value, decisions.of_value(value))
                if decisions.of_value(value)[0] == MAKE:
                    self._make(value, made, listed)
        self.made = [
            Made(slug=slug, names=list(names), constants=_owned_by(actor, registry.get(slug)))
            for slug, names in self._to_make.items()
        ]

        self.options = [NewOptions(list_name=name, labels=list(labels)) for name, labels in self._to_add.items()]

    def _make(self, value: str, made: Entity | None, listed: str) -> None:
        if made is not None:
            self._to_make.setdefault(made.slug, {})[value] = None
        elif listed and len(value) <= making.LONGEST_LABEL:
            labels = self._to_add.setdefault(listed, {})
            if len(labels) < making.MOST_OPTIONS:
                labels[value] = None

    def _decide(self, actor: Actor, column: str, value: str, decided: tuple[str, str]) -> None:
        do, text = decided
        if do == USE and text:
            self.aliases.setdefault(column, {})[value] = text
        elif do == ME and actor.user_id is not None:
            self.aliases.setdefault(column, {})[value] = chosen_record(actor.user_id)
        elif do == BLANK:
            self.aliases.setdefault(column, {})[value] = ""
        elif do == SKIP:
            self.leave_out.setdefault(column, []).append(value)


def new_fields(chosen: Mapping[str, Any], lists: Mapping[str, Any]) -> list[NewField]:
    """The fields that are made from columns. A choice with too many values is made a text."""
    columns: Mapping[str, str] = chosen["columns"]
    found: list[NewField] = []
    # In the order of the columns: what is stored has none.
    wanted_by_heading = {columns[key]: (key, each) for key, each in chosen.get("fields", {}).items() if key in columns}
    for heading in chosen["headings"]:
        if heading not in wanted_by_heading:
            continue
        key, wanted = wanted_by_heading[heading]
        choices = (lists.get(columns[key]) or []) if wanted["kind"] == CustomKind.CHOICE else []
        kind = CustomKind.TEXT if wanted["kind"] == CustomKind.CHOICE and not choices else wanted["kind"]
        places = wanted.get("places", 2)
        found.append(NewField(key=key, label=columns[key], kind=str(kind), places=places, choices=choices))
    return found


def _owned_by(actor: Actor, entity: Entity) -> dict[str, str]:
    if entity.kind is not RecordKind.OWNED or actor.user_id is None:
        return {}
    return {"owner": chosen_record(actor.user_id)}


def _template(headings: Sequence[str]) -> str:
    return "/".join("{" + heading + "}" for heading in headings)


def _composed(entity: Entity, columns: Mapping[str, str], title: Sequence[str]) -> dict[str, str]:
    if not title_is_composed(entity, columns) or not title:
        return {}
    return {entity.title: " · ".join("{" + heading + "}" for heading in title)}


def _constants(actor: Actor, entity: Entity, columns: Mapping[str, str], chosen: Mapping[str, Any]) -> dict[str, str]:
    """Rows without a column for their owner go to whoever imports them, unless that was unticked."""
    may = "owner" not in columns and chosen.get("owner", ME) == ME and "owner" in entity.fields
    return _owned_by(actor, entity) if may and actor.access.field_mode(entity.slug, "owner").is_writable else {}


def _history(actor: Actor, entity: Entity, columns: Mapping[str, str]) -> dict[str, list[list[str]]]:
    """States with their days: the first one since its day, then the row's own since its own."""
    found: dict[str, list[list[str]]] = {}
    for name, (since, first) in offers.days_of(columns).items():
        if name not in columns:
            continue
        own = "{" + columns[name] + "}"
        begun = offers.first_state(entity.slug, name)
        # Where the file says by which states are told apart, the usual first one may not be meant.
        is_usual = not any(each.removesuffix("_id") in columns for each in _narrowed_by(actor, entity, name))
        moments = [[chosen_record(begun), first]] if first and begun is not None and is_usual else []
        found[name] = [*moments, [own, since or first, first if since else ""]]
    return found


def _narrowed_by(actor: Actor, entity: Entity, name: str) -> tuple[str, ...]:
    described = entity.field(name)
    return Relations(actor, entity, [described], "").narrowed_by(name) if described.kind is FieldKind.RELATION else ()


def _is_described(part: Entity, columns: Mapping[str, str]) -> bool:
    return bool(offers.part_columns(columns, part.slug))


def _part(part: Entity, columns: Mapping[str, str], key: Sequence[str]) -> Part:
    """A part is told apart by its record and what it is called; without that, there is one of each record."""
    theirs = offers.part_columns(columns, part.slug)
    title = theirs.get(part.title)
    return Part(
        slug=part.slug,
        via=part.part_of,
        key=f"{_template(key)}/{'{' + title + '}' if title else '1'}",
        columns=theirs,
        needs=[title] if title else list(theirs.values()),
    )


def unmet(actor: Actor, entity: Entity, columns: Mapping[str, str]) -> list[str]:
    """Labels of fields that new records need and no column goes to; a name can be put together."""
    names = {*offers.own_columns(columns), *([entity.title] if title_is_composed(entity, columns) else [])}
    return [choice.label for choice in mapping.choices(actor, entity) if choice.required and choice.name not in names]
