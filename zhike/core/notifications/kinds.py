"""Kinds of notifications, as apps contribute them, and the words of which their sentences are made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.core import modules
from zhike.core.actors import Actor, FieldMode
from zhike.core.entities import Contribution, Label, contribute, registry
from zhike.core.jobs.kinds import kind_of as job_kind
from zhike.core.notifications.models import ByMail
from zhike.core.pages import moments
from zhike.core.pages.words import join_words, sentence_start


@dataclass(frozen=True, kw_only=True)
class NotificationKind(Contribution):
    """One reason to tell somebody something.

    `text` is a sentence with %(actor)s, %(record)s and the words that the sender gives; it is filled in the reader's language
    when he reads it. `in_app` and `by_mail` hold until the company or the person chooses otherwise.
    """

    name: str
    label: Label
    text: Label
    icon: str
    in_app: bool = True
    by_mail: ByMail = ByMail.DIGEST
    module: str = ""


@dataclass(frozen=True)
class FieldNames:
    """A word: fields of an entity, by the labels that the reader may see."""

    slug: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class VerbName:
    """A word: what was done, by the name of the verb."""

    slug: str
    name: str


@dataclass(frozen=True)
class KindsOfRecord:
    """A word: the plural of an entity ("customers")."""

    slug: str


@dataclass(frozen=True)
class JobName:
    """A word: what a job does, by the label of its kind."""

    name: str


Word = str | int | date | datetime | FieldNames | VerbName | KindsOfRecord | JobName


def kinds() -> list[NotificationKind]:
    """All kinds whose module is on."""
    return [each for each in registry.contributions(NotificationKind) if modules.is_on(each.module)]


def kind_of(name: str) -> NotificationKind | None:
    """The kind of that name; None when no app that is on contributes it."""
    return next((each for each in kinds() if each.name == name), None)


def stored(words: Mapping[str, Word]) -> dict[str, Any]:
    """The words as JSON keeps them."""
    return {name: _to_json(word) for name, word in words.items()}


def _to_json(word: Word) -> Any:
    match word:
        case FieldNames(slug, names):
            return {"fields": [slug, *names]}
        case VerbName(slug, name):
            return {"verb": [slug, name]}
        case KindsOfRecord(slug):
            return {"kinds": slug}
        case JobName(name):
            return {"job": name}
        case datetime():
            return {"moment": word.isoformat()}
        case date():
            return {"day": word.isoformat()}
        case _:
            return word


def said(actor: Actor, words: Mapping[str, Any]) -> dict[str, str]:
    """The words as this reader reads them, in the language and time zone that are on."""
    return {name: _as_text(actor, word) for name, word in words.items()}


def _as_text(actor: Actor, word: Any) -> str:
    match word:
        case {"fields": [slug, *names]}:
            return _labels(actor, str(slug), names)
        case {"verb": [slug, name]}:
            verbs = registry.get(slug).verbs if _is_known(slug) else ()
            return next((sentence_start(each.label) for each in verbs if each.name == name), str(name))
        case {"kinds": slug}:
            return str(registry.get(slug).label_plural) if _is_known(slug) else str(slug)
        case {"job": name}:
            job = job_kind(str(name))
            return sentence_start(job.label) if job is not None else str(name)
        case {"moment": text}:
            return moments.exactly(datetime.fromisoformat(text))
        case {"day": text}:
            return str(text)
        case _:
            return str(word)


def _labels(actor: Actor, slug: str, names: list[str]) -> str:
    if not _is_known(slug):
        return ""
    entity = registry.get(slug)
    seen = [name for name in names if entity.has_field(name)]
    hidden = FieldMode.HIDDEN
    return join_words(
        [str(entity.field(name).label) for name in seen if actor.access.field_mode(slug, name) is not hidden]
    )


def _is_known(slug: object) -> bool:
    return any(each.slug == slug for each in registry.all())


contribute(
    NotificationKind(
        name="mention", label=_("somebody mentions me"), icon="at", by_mail=ByMail.AT_ONCE, weight=10,
        text=_("%(actor)s mentioned you in a comment on “%(record)s”"),
    ),
    NotificationKind(
        name="comment", label=_("a comment on a record that I own or watch"), icon="message", weight=20,
        text=_("%(actor)s commented on “%(record)s”"),
    ),
    NotificationKind(
        name="assigned", label=_("a record or task becomes mine"), icon="user-check", by_mail=ByMail.AT_ONCE, weight=30,
        text=_("%(actor)s put you in charge of “%(record)s”"),
    ),
    NotificationKind(
        name="assigned_many", label=_("many records become mine at once"), icon="users", weight=40,
        text=_("%(actor)s put you in charge of several %(kinds)s"),
    ),
    NotificationKind(
        name="due", label=_("a task of mine is due"), icon="clock", weight=50,
        text=_("“%(record)s” is due on %(due_on)s"),
    ),
    NotificationKind(
        name="overdue", label=_("a task of mine is overdue"), icon="alarm", by_mail=ByMail.AT_ONCE, weight=60,
        text=_("“%(record)s” was due on %(due_on)s and is not done"),
    ),
    NotificationKind(
        name="changed", label=_("a record that I watch changes"), icon="eye", weight=70,
        text=_("%(actor)s changed “%(record)s”: %(fields)s"),
    ),
    NotificationKind(
        name="step", label=_("a step is taken with a record that I watch"), icon="eye-check", weight=80,
        text=_("%(actor)s did “%(step)s” with “%(record)s”"),
    ),
    NotificationKind(
        name="shared", label=_("a record is shared with me"), icon="share", weight=90,
        text=_("%(actor)s shared “%(record)s” with you"),
    ),
    NotificationKind(
        name="job_done", label=_("a long job of mine is finished"), icon="list-check", by_mail=ByMail.NEVER, weight=100,
        text=_("Finished: %(job)s"),
    ),
    NotificationKind(
        name="job_failed", label=_("a job of mine failed"), icon="alert-triangle", by_mail=ByMail.AT_ONCE, weight=110,
        text=_("Not finished: %(job)s. Open it to see why."),
    ),
)  # fmt: skip
