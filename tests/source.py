"""The source of Zhike as the architecture tests read it."""

import ast
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Module:
    """One Python file of ours: its path from the root, its text, its syntax tree."""

    place: str
    text: str
    tree: ast.Module

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of its folders below `zhike` and its own name without `.py`."""
        return (*Path(self.place).parts[1:-1], Path(self.place).stem)


@functools.cache
def modules() -> tuple[Module, ...]:
    """Return every module of the product: no migrations, no tests, nothing of the test kit."""
    found = []
    for path in sorted((ROOT / "zhike").rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        if not {"migrations", "tests", "testing"} & set(Path(place).parts):
            text = path.read_text(encoding="utf-8")
            found.append(Module(place, text, ast.parse(text)))
    return tuple(found)


def templates() -> Iterator[tuple[str, str]]:
    """Yield place and text of every template."""
    for path in sorted((ROOT / "zhike").rglob("templates/**/*.html")):
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def called_name(node: ast.Call) -> str:
    """Return the last name of what is called: `get_model` for `apps.get_model(…)`."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def imported_names(module: Module) -> Iterator[str]:
    """Yield every imported name in full: `django.db.models.signals.post_save`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def assert_only_excused(found: set[str], excused: Mapping[str, str], rule: str) -> None:
    """Fail for what breaks a rule without an excuse, and for excuses that are no longer needed."""
    broken = sorted(found - excused.keys())
    assert not broken, f"{rule}:\n" + "\n".join(broken)
    stale = sorted(excused.keys() - found)
    assert not stale, "These excuses are no longer needed, take them away:\n" + "\n".join(stale)
