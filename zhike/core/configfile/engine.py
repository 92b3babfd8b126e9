"""Export, comparison and import of the whole configuration, part by part in the order of their weight."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.core import overlay
from zhike.core.actors import Actor
from zhike.core.configfile.sections import ConfigSection, Keys, Skipped
from zhike.core.configuration.log import log
from zhike.core.configuration.rights import CONFIGURATION, require
from zhike.core.entities import registry
from zhike.core.writes.errors import Refused

FORMAT = 1
_HEAD = "zhike"
_LOGGED = 200
Document = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """Why something in the file cannot be: where it stands, and a sentence."""

    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}"


class ConfigRefused(Refused):
    """Nothing was brought in; `problems` says why, one by one."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        count = len(problems)
        said = ngettext(
            "The file was not brought in: %(count)d thing in it cannot be.",
            "The file was not brought in: %(count)d things in it cannot be.",
            count,
        )
        super().__init__(said % {"count": count})


@dataclass(frozen=True)
class Difference:
    """One thing or property that is other than it was. `old` None: it is new; `new` None: it is gone.

    With `because` it stays as it is: the file asks for something that cannot be here, and this sentence says why.
    """

    section: str
    path: str
    old: Any
    new: Any

    because: str = ""

    @property
    def kind(self) -> str:
        if self.because:
            return "skipped"
        return "added" if self.old is None else "removed" if self.new is None else "changed"


def sections() -> list[ConfigSection]:
    """All parts, in the order in which they are brought in."""
    return registry.contributions(ConfigSection)


def export(actor: Actor) -> Document:
    """The configuration in force, as plain data. Raises `NotAllowed`."""
    require(actor, CONFIGURATION)
    document: Document = {_HEAD: {"format": FORMAT}}
    for section in sections():
        document[section.name] = _nested(section.read())
    return document


def left_out() -> list[str]:
    """What the file cannot hold, in sentences."""
    return [sentence for section in sections() if section.left_out is not None for sentence in section.left_out()]


def rehearse(actor: Actor, document: Mapping[str, Any], *, prune: bool = False) -> list[Difference]:
    """What `bring_in` would change. Everything is tried and undone, so what is refused here is what would be refused."""
    with overlay.trial():
        return bring_in(actor, document, prune=prune)


def bring_in(actor: Actor, document: Mapping[str, Any], *, prune: bool = False) -> list[Difference]:
    """Make the configuration what the file says, all or nothing. What the file does not name stays, unless `prune` takes it away.

    Returns what became different, and what was skipped. Raises `ConfigRefused` with every reason, `NotAllowed`.
    """
    require(actor, CONFIGURATION)
    problems, skipped = _unknown_parts(document), list[Difference]()
    try:
        with transaction.atomic():
            before = {section.name: dict(section.read()) for section in sections()}
            if not problems:
                problems = list(_write_all(actor, document, before, skipped, prune=prune))
            if problems:
                raise ConfigRefused(problems)
            found = [each for section in sections() for each in _differences(section, before[section.name])]
            if found:
                overlay.bump()
                log(actor, "import_configuration", {each.path: (each.old, each.new) for each in found[:_LOGGED]})
    except ConfigRefused:
        overlay.forget()  # what was read meanwhile was never in force
        raise
    return [*found, *skipped]


def _unknown_parts(document: Mapping[str, Any]) -> list[Problem]:
    known = {section.name for section in sections()}
    found = []
    head = document.get(_HEAD)
    if not isinstance(head, Mapping) or head.get("format") != FORMAT:
        sentence = _("This is not a configuration of this version. It begins with [zhike] and format = %(format)d.")
        found.append(Problem(f"{_HEAD}.format", sentence % {"format": FORMAT}))
    for name in document:
        if name != _HEAD and name not in known:
            sentence = _("There is no such part. Known are: %(known)s.")
            found.append(Problem(name, sentence % {"known": ", ".join(sorted(known))}))
    return found


def _write_all(
    actor: Actor,
    document: Mapping[str, Any],
    before: Mapping[str, Mapping[Keys, Any]],
    skipped: list[Difference],
    *,
    prune: bool,
) -> Iterator[Problem]:
    named: dict[str, set[Keys]] = {}
    changed: list[tuple[ConfigSection, Keys, Any]] = []
    for section in sections():
        if section.name not in document:
            continue
        try:
            wanted = dict(_flat(document[section.name], section.depth, ()))
        except _Misplaced as misplaced:
            yield Problem(_path(section, misplaced.keys), _("Here names and their properties are expected."))
            continue
        named[section.name] = set(wanted)
        for keys, thing in wanted.items():
            whole, problems = _checked(section, keys, thing)
            if not problems and whole != before[section.name].get(keys):
                try:
                    problems = _attempt(actor, section, keys, section.write, whole)
                except Skipped as left:
                    skipped.append(Difference(section.name, _path(section, keys), None, None, left.sentence))
                    continue
                changed += [] if problems else [(section, keys, whole)]
            yield from problems
    for section, keys, whole in changed:
        if section.finish is not None:
            yield from _attempt(actor, section, keys, section.finish, whole)
    if prune:
        yield from _remove_unnamed(actor, before, named)


def _remove_unnamed(
    actor: Actor, before: Mapping[str, Mapping[Keys, Any]], named: Mapping[str, set[Keys]]
) -> Iterator[Problem]:
    """Take away what the parts of the file do not name, what stands on others first."""
    for section in reversed(sections()):
        if section.remove is not None and section.name in named:
            for keys in before[section.name].keys() - named[section.name]:
                yield from _attempt(actor, section, keys, section.remove)


def _attempt(actor: Actor, section: ConfigSection, keys: Keys, step: Callable[..., None], *thing: Any) -> list[Problem]:
    """Write, finish or remove one thing in a step of its own, so that all that is wrong is found at once."""
    try:
        with transaction.atomic():
            require(actor, section.right)
            step(actor, keys, *thing)
    except Refused as refused:
        overlay.forget()
        return [Problem(_path(section, keys, refused.field or ""), refused.sentence)]
    except ValidationError as malformed:
        overlay.forget()
        by_field = malformed.message_dict if hasattr(malformed, "error_dict") else {"": malformed.messages}
        return [
            Problem(_path(section, keys, "" if name == "__all__" else name), " ".join(sentences))
            for name, sentences in by_field.items()
        ]
    return []


def _checked(section: ConfigSection, keys: Keys, thing: Any) -> tuple[Any, list[Problem]]:
    """The thing with its defaults, and what is wrong with its shape."""
    if not section.properties:
        fits = isinstance(thing, section.kind)
        return thing, [] if fits else [Problem(_path(section, keys), _wrong_kind(section.kind))]
    if not isinstance(thing, Mapping):
        return thing, [Problem(_path(section, keys), _("Here properties are expected."))]
    problems = [
        Problem(_path(section, keys, name), _("There is no such property. Known are: %(known)s."))
        for name in thing
        if name not in section.properties
    ]
    problems = [Problem(each.path, each.sentence % {"known": ", ".join(section.properties)}) for each in problems]
    for name, property_ in section.properties.items():
        value = thing.get(name)
        if value is None and property_.required:
            problems.append(Problem(_path(section, keys, name), _("This property is missing.")))
        elif value is not None and not _is(value, property_.kind):
            problems.append(Problem(_path(section, keys, name), _wrong_kind(property_.kind)))
    given = {name: thing[name] for name in thing if thing[name] is not None}
    return {name: given.get(name, each.default) for name, each in section.properties.items()}, problems


def _is(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))


def _wrong_kind(kind: type) -> str:
    names = {
        str: _("a text"), bool: _("true or false"), int: _("a whole number"), list: _("a list"), dict: _("a table"),
    }  # fmt: skip
    return _("Here %(kind)s is expected.") % {"kind": names.get(kind, kind.__name__)}


def _differences(section: ConfigSection, before: Mapping[Keys, Any]) -> Iterator[Difference]:
    after = dict(section.read())
    for keys in (*after, *(each for each in before if each not in after)):
        old, new = before.get(keys), after.get(keys)
        if old == new:
            continue
        if not section.properties or old is None or new is None:
            yield Difference(section.name, _path(section, keys), old, new)
            continue
        for name in section.properties:
            if old.get(name) != new.get(name):
                yield Difference(section.name, _path(section, keys, name), _said(old.get(name)), _said(new.get(name)))


def _said(value: Any) -> Any:
    """A blank is something that can be told from "not there"."""
    return "" if value is None else value


def _path(section: ConfigSection, keys: Keys, name: str = "") -> str:
    return ".".join(part for part in (section.name, *keys, name) if part)


class _Misplaced(Exception):
    def __init__(self, keys: Keys) -> None:
        super().__init__(keys)
        self.keys = keys


def _flat(below: Any, depth: int, keys: Keys) -> Iterator[tuple[Keys, Any]]:
    if len(keys) == depth:
        yield keys, below
        return
    if not isinstance(below, Mapping):
        raise _Misplaced(keys)
    for name, value in below.items():
        yield from _flat(value, depth, (*keys, str(name)))


def _nested(things: Mapping[Keys, Any]) -> Any:
    document: Document = {}
    for keys, thing in things.items():
        if not keys:
            return thing
        place = document
        for name in keys[:-1]:
            place = place.setdefault(name, {})
        place[keys[-1]] = thing
    return document
