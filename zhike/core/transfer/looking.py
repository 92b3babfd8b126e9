"""A look through a whole file before it is imported: which of its values are not known, in how many rows, what they may mean."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy

from zhike.core.actors import Actor, Via
from zhike.core.entities import Entity, FieldKind, contribute, registry
from zhike.core.jobs import JobContext, JobFailed, JobKind, Queue, files
from zhike.core.transfer import targets
from zhike.core.transfer.cells import NotKnown, choices_of
from zhike.core.transfer.making import LONGEST_LABEL, MOST_CHOICES
from zhike.core.transfer.offers import own_columns, place_of
from zhike.core.transfer.readers import open_table
from zhike.core.transfer.relations import Finder, Relations
from zhike.core.transfer.suggest import nearest
from zhike.core.transfer.tables import Table, TableError
from zhike.core.transfer.values import NotUnderstood

# Different values that are told apart in one column, and those for which a suggestion is looked for.
DISTINCT = 20_000
_SUGGESTED = 100
_CHUNK = 500
_BEAT_ROWS = 1_000


@dataclass(frozen=True, kw_only=True)
class LookArguments:
    """An uploaded file and where its columns go: target to heading."""

    upload: str
    slug: str
    columns: dict[str, str]
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    # Headings of columns that become choices: all their values are wanted.
    lists: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Strange:
    """The values of one column that its field does not know: (value, rows, first row, suggestion), most frequent first."""

    column: str
    target: str
    values: list[tuple[str, int, int, str]] = field(default_factory=list)
    # Whether there were more different values than can be told apart.
    is_full: bool = False


def is_watched(entity: Entity, target: str) -> bool:
    """Whether the field a target means knows a closed set of values: choices, records, roles."""
    if "@" in target:
        return False
    owner, name = place_of(entity, target)
    if name in targets.columns_of(owner.slug):
        return True
    if not owner.has_field(name):
        return False
    described = owner.field(name)
    if described.kind is FieldKind.RELATION:
        # Rows of the file may name each other; those are found when the rows come in.
        return described.related is not None and described.related is not owner.model
    return described.kind in (FieldKind.CHOICE, FieldKind.OPTION)


def look(actor: Actor, arguments: LookArguments, beat: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """Read the whole file: how many rows, the strange values of each watched column, the choices of lists to be made.

    Of a list with more values than a list should have, None is told. Raises `TableError`.
    """
    entity = registry.get(arguments.slug)
    table = open_table(
        files.path_of(arguments.upload),
        sheet=arguments.sheet,
        encoding=arguments.encoding,
        delimiter=arguments.delimiter,
    )
    watched = {target: heading for target, heading in arguments.columns.items() if is_watched(entity, target)}
    rows, found, full = _gather(table, {*watched.values(), *arguments.lists}, beat)
    mapped = own_columns(arguments.columns)
    told: list[dict[str, Any]] = []
    for target, heading in watched.items():
        beat()
        strange = Strange(column=heading, target=target, is_full=heading in full)
        unknown = _unknown(actor, entity, target, mapped, found[heading])
        ordered = sorted(unknown, key=lambda each: (-found[heading][each][0], found[heading][each][1]))
        meant = _suggestions(actor, entity, target, ordered)
        strange.values = [(value, *found[heading][value], meant.get(value, "")) for value in ordered]
        if strange.values or strange.is_full:
            told.append(vars(strange))
    lists = {each: sorted(found[each], key=lambda value: -found[each][value][0]) for each in arguments.lists}
    return {"rows": rows, "strange": told, "lists": {each: _as_choices(values) for each, values in lists.items()}}


def _as_choices(values: list[str]) -> list[str] | None:
    fits = len(values) <= MOST_CHOICES and all(len(value) <= LONGEST_LABEL for value in values)
    return values if fits else None


def _gather(
    table: Table, headings: set[str], beat: Callable[[], None]
) -> tuple[int, dict[str, dict[str, tuple[int, int]]], set[str]]:
    """Rows, then per column each value with its count and first row, then the columns that hold too many."""
    places = [(heading, table.position(heading)) for heading in sorted(headings)]
    found: dict[str, dict[str, tuple[int, int]]] = {heading: {} for heading in headings}
    full: set[str] = set()
    count = 0
    for row in table.rows():
        count += 1
        if count % _BEAT_ROWS == 0:
            beat()
        for heading, place in () if row.problem else places:
            text = str(row.cells[place]).strip()
            known = found[heading]
            if text in known:
                known[text] = (known[text][0] + 1, known[text][1])
            elif text and len(known) < DISTINCT:
                known[text] = (1, row.number)
            elif text:
                full.add(heading)
    return count, found, full


def _unknown(actor: Actor, entity: Entity, target: str, mapped: dict[str, str], values: Iterable[str]) -> list[str]:
    owner, name = place_of(entity, target)
    extra = targets.columns_of(owner.slug).get(name)
    if extra is not None:
        return [value for value in values if not _reads(lambda text: extra.read(actor, text), value)]
    described = owner.field(name)
    if described.kind is not FieldKind.RELATION:
        known = choices_of(described)
        return [value for value in values if not _reads(known.read, value)]
    relations = Relations(actor, owner, [described], "")
    finder = relations.finders[name]
    is_narrowed = any(each.removesuffix("_id") in mapped for each in relations.narrowed_by(name))
    unknown: list[str] = []
    for chunk in _chunks(values):
        finder.load(chunk)
        for value in chunk:
            count = len(finder.candidates(value))
            if count == 0 or (count > 1 and not is_narrowed):
                unknown.append(value)
    return unknown


def strange_values(actor: Actor, entity: Entity, target: str, values: Iterable[str]) -> list[str]:
    """Those of the values that the field of a target does not know."""
    return _unknown(actor, entity, target, {}, values)


def _reads(read: Callable[[str], Any], value: str) -> bool:
    try:
        read(value)
    except NotKnown:
        return False
    except NotUnderstood:
        return True  # what is wrong with it is said in the trial
    return True


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    left = iter(values)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk


def _suggestions(actor: Actor, entity: Entity, target: str, values: list[str]) -> dict[str, str]:
    labels = known_labels(actor, entity, target)
    owner, name = place_of(entity, target)
    asked = values[:_SUGGESTED]
    if owner.has_field(name) and owner.field(name).kind in (FieldKind.CHOICE, FieldKind.OPTION):
        choices = choices_of(owner.field(name))
        return {value: choices.suggest(value) for value in asked}
    return {value: nearest(value, labels) or targets.meaning_of(owner.slug, name, value) for value in asked}


def known_labels(actor: Actor, entity: Entity, target: str) -> list[str]:
    """What the field of a target knows, as people read it; of records the names this person sees."""
    owner, name = place_of(entity, target)
    extra = targets.columns_of(owner.slug).get(name)
    if extra is not None:
        return extra.labels(actor)
    described = owner.field(name)
    if described.kind is FieldKind.RELATION:
        return Finder(actor, registry.of(described.related), "").labels() if described.related is not None else []
    return list(choices_of(described).labels)


def run_look(job: JobContext[LookArguments]) -> None:
    """The job: its report is what `look` returns."""
    try:
        found = look(job.actor, job.arguments, job.beat)
    except TableError as unreadable:
        raise JobFailed(str(unreadable)) from unreadable
    with job.batch() as batch:
        job.report = found
        batch.count(found["rows"])


LOOK = JobKind(
    name="import-look",
    label=gettext_lazy("reading a file"),
    arguments=LookArguments,
    run=run_look,
    queue=Queue.QUICK,
    right=lambda arguments: f"{arguments.slug}:import",
    via=Via.IMPORT,
    page="import-of-job",
)
contribute(LOOK)
