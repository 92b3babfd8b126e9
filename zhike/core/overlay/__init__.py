"""Configuration as the running process sees it: read once, kept until somebody changes it.

The one-row `Epoch` carries a token that every change of configuration replaces. A request reads it with its user and throws the
cached values away when it differs. A token is never used twice, so a rolled back change can not leave a wrong cache behind.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Generic, TypeVar
from uuid import uuid4

from django.db import transaction

from zhike.core.overlay.models import Epoch

_T = TypeVar("_T")


class _Cache:
    """The values read under one token; replaced whole, so that threads never see a mixture."""

    def __init__(self, token: str, pretended: Mapping[str, Any] | None = None) -> None:
        self.token = token
        # What counts as configured while something is only tried; it outlives forgetting.
        self.pretended = pretended or {}
        self.values: dict[str, Any] = dict(self.pretended)


class _Process:
    cache: _Cache | None = None


# What a trial has read, seen by its own thread alone.
_trial: ContextVar[_Cache | None] = ContextVar("overlay_trial", default=None)


_settings: "dict[str, Setting[Any]]" = {}


class Setting(Generic[_T]):
    """One part of the configuration, read by `load` when it is first needed under the present epoch."""

    def __init__(self, name: str, load: Callable[[], _T]) -> None:
        self.name = name
        self._load = load
        _settings[name] = self

    def get(self) -> _T:
        cache = _trial.get() or _Process.cache
        if cache is None:
            cache = _Process.cache = _Cache(current_token())
        if self.name not in cache.values:
            cache.values[self.name] = self._load()
        value: _T = cache.values[self.name]
        return value


def current_token() -> str:
    """The token of the configuration in force, from the database."""
    return Epoch.objects.values_list("token", flat=True).filter(pk=1).first() or ""


def refresh(token: str | None = None) -> None:
    """Forget what was cached under another token. Without `token` it is read; called at the start of requests and job batches."""
    if _trial.get() is not None:
        return
    token = current_token() if token is None else token
    if _Process.cache is None or _Process.cache.token != token:
        _Process.cache = _Cache(token)


def forget() -> None:
    """Forget everything, whatever the token."""
    tried = _trial.get()
    if tried is None:
        _Process.cache = None
    else:
        _trial.set(_Cache("trial", tried.pretended))


@contextmanager
def trial() -> Iterator[None]:
    """Make changes of configuration for one look at what would come of them: nobody else sees them, at the end they are undone.

    Previews are made so, by the very action that would make the change.
    """
    with transaction.atomic():
        before = _trial.set(_Cache("trial"))
        try:
            yield
        finally:
            _trial.reset(before)
            transaction.set_rollback(True)


@contextmanager
def pretending(change: Callable[[], object], *names: str) -> Iterator[None]:
    """Go on as if `change` had been made of these settings: it is undone at once, and what it came to is seen by this thread alone.

    Unlike `trial` it holds no transaction, so that a long rehearsal keeps nobody from writing.
    """
    before = _trial.set(_Cache("trial"))
    try:
        with transaction.atomic():
            change()
            pretended = {name: _settings[name].get() for name in names}
            transaction.set_rollback(True)
        _trial.set(_Cache("trial", pretended))
        yield
    finally:
        _trial.reset(before)


def bump() -> None:
    """Say that configuration changed; call it in the transaction of the change."""
    Epoch.objects.update_or_create(pk=1, defaults={"token": uuid4().hex})
    forget()
