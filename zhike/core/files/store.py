"""Where the bytes lie: one folder under the data directory, names nobody can guess, written whole or not at all."""

import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

# So much of a file is looked at to say what it is.
HEAD_BYTES = 8192
_NAME = re.compile(r"[0-9a-f]{32}")
_PARTIAL = ".part"


class TooLarge(Exception):
    """The stream holds more than it may; nothing was kept."""


@dataclass(frozen=True)
class Blob:
    """What was stored: its name in the store, its size in bytes, its SHA-256 and how it begins."""

    name: str
    size: int
    sha256: str
    head: bytes


def folder() -> Path:
    """The root of the store; made when it is missing, readable by the installation's own user only."""
    path = Path(settings.DATA_DIR) / "files" / "store"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def path_of(name: str) -> Path:
    """The path of a blob, two folders deep. Raises `ValueError` for a name that was not made here."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a stored file.")
    return folder() / name[:2] / name[2:4] / name


def put(chunks: Iterable[bytes], *, limit: int) -> Blob:
    """Store a stream. It is there whole, on the disk, when this returns. Raises `TooLarge` beyond `limit` bytes, `OSError`."""
    name = secrets.token_hex(16)
    path = path_of(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(name + _PARTIAL)
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        with partial.open("xb") as stream:
            partial.chmod(0o600)
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise TooLarge
                if len(head) < HEAD_BYTES:
                    head += chunk[: HEAD_BYTES - len(head)]
                digest.update(chunk)
                stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        partial.rename(path)
        _sync_folder(path.parent)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return Blob(name, size, digest.hexdigest(), head)


def _sync_folder(path: Path) -> None:
    """The entry of a renamed file survives a power cut only when its folder is written too."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def get(name: str) -> IO[bytes]:
    """The blob, opened for reading. Raises `FileNotFoundError` when it is gone from the disk."""
    return path_of(name).open("rb")


def remove(name: str) -> None:
    """Remove the blob, if it is still there."""
    path_of(name).unlink(missing_ok=True)


def older_than(seconds: float) -> Iterator[Path]:
    """Everything in the store, half-written files too, that nobody touched for so long."""
    before = time.time() - seconds
    for path in sorted(folder().glob("??/??/*")):
        if path.is_file() and path.stat().st_mtime < before:
            yield path


def mistakes() -> list[str]:
    """What is wrong with the folder, in the words of the system; nothing when it can be written."""
    try:
        probe = folder() / f".probe-{secrets.token_hex(8)}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return [error.strerror or str(error)]
    return []
