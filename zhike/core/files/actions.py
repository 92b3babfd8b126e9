"""Adding a file to a record, and opening it."""

from collections.abc import Iterable
from contextlib import suppress
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from zhike.core import writes
from zhike.core.actors import Actor
from zhike.core.attachment import may_carry
from zhike.core.entities import registry
from zhike.core.files import held, limits, store
from zhike.core.files.models import File
from zhike.core.files.names import clean_name, ending_of
from zhike.core.files.sniffing import sniff
from zhike.core.record_keys import find
from zhike.core.writes.errors import NotReachable, RuleBroken

_PIECE = 64 * 1024


class Missing(RuleBroken):
    """The bytes of a file are gone from the disk."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("“%(name)s” is listed here, but its contents are missing on the server. Tell your administrator.")
            % {"name": name}
        )


def require_place(actor: Actor, about: str) -> Any:
    """The record to which the actor may add files. Raises `NotAllowed`, `NotReachable`."""
    writes.require(actor, registry.of(File), "create")
    row = find(actor, about)
    if not may_carry(registry.of(row)):
        raise NotReachable
    return row


def add_file(actor: Actor, about: str, name: str, chunks: Iterable[bytes], *, description: str = "") -> File:
    """Keep a stream of bytes as a file about the record with the key `about`.

    Raises `NotReachable`, `NotAllowed`, `ValidationError`, and `RuleBroken` with a sentence for what is not taken.
    The bytes are stored first: a process that dies in between leaves a blob that nobody names, which housekeeping removes.
    """
    require_place(actor, about)
    return _stored(actor, File(name=clean_name(name), description=description, about=about), chunks)


def add_waiting(actor: Actor, place: str, name: str, chunks: Iterable[bytes]) -> File:
    """Keep a file for a field ("customers.cf_licence") of a record that is yet to be saved with it.

    Nobody but its uploader sees it; a day later it is gone unless a record holds it. Raises as `add_file` does.
    """
    writes.require(actor, registry.of(File), "create")
    held.field_at(actor, place)
    return _stored(actor, File(name=clean_name(name), field=place, owner_id=actor.user_id), chunks)


def _stored(actor: Actor, row: File, chunks: Iterable[bytes]) -> File:
    """The bytes in the store and the row in the database, or neither."""
    limits.check_name(row.name)
    limits.check_rate(actor)
    try:
        blob = store.put(chunks, limit=limits.largest())
    except store.TooLarge:
        raise limits.too_large(row.name) from None
    except OSError as error:
        raise RuleBroken(
            _("The file could not be stored: the server's disk refused it. Tell your administrator."), field="file"
        ) from error
    try:
        sniffed = sniff(blob.head, ending_of(row.name))
        limits.check_content(row.name, blob.size, sniffed)
        limits.check_quota(blob.size)
        row.content_type, row.size, row.sha256 = sniffed.content_type, blob.size, blob.sha256
        row.stored_name = blob.name
        return writes.create(actor, row)
    except BaseException:
        with suppress(OSError):
            store.remove(blob.name)
        raise


def reached_file(actor: Actor, pk: int) -> File:
    """The file, when the actor reaches it and the record it is about. Raises `NotReachable`."""
    rows: Any = File.objects
    row: File | None = rows.visible_to(actor).filter(pk=pk).first() if 0 < pk < 2**63 else None
    if row is None:
        raise NotReachable
    if row.about:
        find(actor, row.about)
    return row


def copied(actor: Actor, pk: int, place: str) -> File | None:
    """A copy of a file for a field of another record that is yet to be saved; None where there is nothing to copy.

    Neither the rate nor the room is asked for: nobody uploads anything.
    """
    try:
        row = reached_file(actor, pk)
        with store.get(row.stored_name) as stream:
            blob = store.put(iter(lambda: stream.read(_PIECE), b""), limit=row.size)
        writes.require(actor, registry.of(File), "create")
    except (NotReachable, writes.NotAllowed, store.TooLarge, OSError, ValueError):
        return None
    copy = File(name=row.name, description=row.description, field=place, owner_id=actor.user_id, stored_name=blob.name)
    copy.content_type, copy.size, copy.sha256 = row.content_type, blob.size, blob.sha256
    return writes.create(actor, copy)


def open_file(row: File) -> IO[bytes]:
    """The bytes. Raises `Missing`."""
    try:
        return store.get(row.stored_name)
    except (OSError, ValueError):
        raise Missing(row.name) from None


def prepare_file(actor: Actor, written: writes.Written) -> None:
    """A file comes by upload only. Renamed, it keeps its ending, which says with what it is opened."""
    row: Any = written.row
    if not written.is_new:
        held.check_change(actor, row)
    if written.is_new and not row.stored_name:
        raise RuleBroken(_("Choose a file to upload; a file cannot be made from words alone."), field="name")
    if written.is_new or "name" not in written.touched or written.before is None:
        return
    row.name = clean_name(row.name)
    limits.check_name(row.name)
    ending = ending_of(str(written.before["name"]))
    if ending_of(row.name) != ending:
        raise ValidationError(
            {"name": _("The name must still end in “.%(ending)s”, so that it opens as before.") % {"ending": ending}}
            if ending
            else {"name": _("This file has no ending; leave it without one.")}
        )
