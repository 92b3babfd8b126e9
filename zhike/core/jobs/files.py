"""Files that jobs make: random names in the data directory, outside of everything that is served by itself."""

import secrets
from pathlib import Path, PurePath

from django.conf import settings


def folder() -> Path:
    """Where they lie; made when it is missing, readable by the installation's own user only."""
    path = Path(settings.DATA_DIR) / "files" / "jobs"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def new_name(shown: str) -> str:
    """A name nobody can guess, with the ending of the shown one (which programs that write files look at)."""
    ending = PurePath(shown).suffix.lower()
    plain = ending if ending[1:].isascii() and ending[1:].isalnum() and len(ending) <= 8 else ""
    return f"{secrets.token_hex(16)}{plain}"


def path_of(name: str) -> Path:
    """The path of a file made here. Raises `ValueError` for a name that leads elsewhere."""
    if PurePath(name).name != name or name.startswith("."):
        raise ValueError(f"{name} is not the name of a job's file.")
    return folder() / name


def remove(name: str) -> None:
    """Remove the file, if it is still there."""
    path_of(name).unlink(missing_ok=True)
