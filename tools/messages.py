"""The texts of Zhike and their translations: `python tools/messages.py extract|compile|check`.

  extract [TABLE…]  find every text in the code and bring zhike/locale/*/LC_MESSAGES/django.po up to date: new texts
                    come in untranslated, gone ones leave. A TABLE of lines `English<TAB>translation` fills gaps.
  compile           write the .mo beside every .po; needs nothing but Python
  check             fail, with one line each, when a text has no translation, a catalogue is out of date, or a
                    translation lost or invented a placeholder

Texts are literals in gettext, gettext_lazy, gettext_noop, ngettext, ngettext_lazy, pgettext, pgettext_lazy, npgettext,
npgettext_lazy under whatever name they are imported, and in translate, blocktranslate and `_("…")` of templates.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from tools import catalogue
from tools.catalogue import Key, Message

LANGUAGES = ("zh_Hans",)  # the texts themselves are English
# Name of the function: which arguments are context, text, plural.
FUNCTIONS: dict[str, tuple[int | None, int, int | None]] = {
    "gettext": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
TEMPLATE_CALL = re.compile(r"""(?<!\w)(n?p?gettext|_)\(\s*((?:u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")\s*,?\s*)+)""")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|(?<!\{)\{(\w*)[^{}]*\}(?!\})")


class NotLiteral(Exception):
    """A text is put together at run time, so it cannot be translated; the message names file and line."""


def main(arguments: list[str]) -> int:
    """Do what the first word says; return 0, or 1 after saying what is wrong."""
    match arguments:
        case ["extract", *tables]:
            return extract([Path(table) for table in tables])
        case ["compile"]:
            return compile_all()
        case ["check"]:
            return check()
        case _:
            print(__doc__, file=sys.stderr)
            return 2


def catalogues() -> Iterator[tuple[str, Path]]:
    """Yield language and path of every catalogue, whether it exists yet or not."""
    for language in LANGUAGES:
        yield language, ROOT / "zhike" / "locale" / language / "LC_MESSAGES" / "django.po"


def texts() -> dict[Key, Message]:
    """Return every text of the code with the files that hold it. Raises NotLiteral, ValueError for two plurals."""
    found: dict[Key, Message] = {}
    sources = [*ROOT.glob("zhike/**/*.py"), *ROOT.glob("zhike/**/*.html"), *ROOT.glob("zhike/**/*.txt")]
    for path in sorted(sources):
        inside = path.relative_to(ROOT)
        place = inside.as_posix()
        if {"tests", "migrations", "testing", "static"} & set(inside.parts):
            continue
        source = path.read_text(encoding="utf-8")
        for key, plural in (texts_of_python if path.suffix == ".py" else texts_of_template)(source, place):
            message = found.setdefault(key, Message(plural))
            message.plural = message.plural or plural
            message.places.add(place)
    return found


def texts_of_python(source: str, place: str) -> Iterator[tuple[Key, str]]:
    """Yield the texts of one module, each with its plural or "". Raises NotLiteral."""
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name: alias.name.removesuffix("_lazy")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            function = names.get(node.func.id, "")
        elif isinstance(node.func, ast.Attribute):
            function = node.func.attr.removesuffix("_lazy")
        else:
            continue
        if function in FUNCTIONS:
            yield from _from_call(node, FUNCTIONS[function], f"{place}:{node.lineno}")


def _from_call(node: ast.Call, positions: tuple[int | None, int, int | None], place: str) -> Iterator[tuple[Key, str]]:
    context, text, plural = (_literal(node, position, place) for position in positions)
    if text:
        yield Key(text, context or ""), plural or ""


def _literal(node: ast.Call, position: int | None, place: str) -> str | None:
    if position is None or position >= len(node.args):
        return None
    argument = node.args[position]
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    if isinstance(argument, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
        return None  # a text marked elsewhere with gettext_noop
    raise NotLiteral(f"{place}: the text is put together here; write one literal with placeholders instead.")


def texts_of_template(source: str, place: str) -> Iterator[tuple[Key, str]]:
    """Yield the texts of one template, each with its plural or ""."""
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure(USE_I18N=True)
    for match in TEMPLATE_CALL.finditer(templatize(source, origin=place)):
        context, text, plural = FUNCTIONS["gettext" if match[1] == "_" else match[1]]
        literals = ast.literal_eval(f"({match[2].rstrip().rstrip(',')},)")
        if len(literals) > text:
            yield (
                Key(literals[text], literals[context] if context is not None else ""),
                literals[plural] if plural is not None else "",
            )


def extract(tables: list[Path]) -> int:
    """Bring every catalogue up to date; print how many texts still lack a translation."""
    found = texts()
    known: dict[str, str] = {}
    for table in tables:
        for line in table.read_text(encoding="utf-8").splitlines():
            english, tab, translation = line.partition("\t")
            if tab and translation.strip():
                known[english.replace("\\n", "\n")] = translation.strip().replace("\\n", "\n")
    for language, path in catalogues():
        old = catalogue.read(path) if path.exists() else {}
        for key, message in found.items():
            before = old.get(key)
            message.translation = before.translation if before else ""
            message.is_fuzzy = bool(before and before.is_fuzzy)
            message.translation = message.translation or known.get(key.text, "")
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.write(path, found, language=language)
        lacking = sum(not message.translation for message in found.values())
        print(f"{path.relative_to(ROOT)}: {len(found)} texts, {lacking} without a translation.")
    return 0


def compile_all() -> int:
    """Write the .mo of every catalogue, at once or not at all."""
    for language, path in catalogues():
        if not path.exists():
            continue
        draft = path.with_suffix(".mo.draft")
        draft.write_bytes(catalogue.compiled(catalogue.read(path), language=language))
        draft.replace(path.with_suffix(".mo"))
    return 0


def check() -> int:
    """Print everything that is wrong with the catalogues, one line each; return 1 if there is anything."""
    try:
        found = texts()
        problems = [problem for _, path in catalogues() for problem in problems_of(path, found)]
    except (NotLiteral, catalogue.CatalogueError, SyntaxError) as error:
        found, problems = {}, [str(error)]
    print("\n".join(problems) or f"{len(found)} texts are translated.")
    return 1 if problems else 0


def problems_of(path: Path, found: dict[Key, Message]) -> Iterator[str]:
    """Yield what is wrong with one catalogue, given the texts of the code."""
    entries = catalogue.read(path) if path.exists() else {}
    name = path.relative_to(ROOT)
    for key in sorted(entries.keys() - found.keys()):
        yield f"{name}: “{key.text}” is in no code any more; run `tools/messages.py extract`."
    for key, message in sorted(found.items(), key=lambda item: item[0]):
        entry = entries.get(key)
        where = min(message.places)
        if entry is None:
            yield f"{where}: “{key.text}” is not in {name}; run `tools/messages.py extract` and translate it."
        elif not entry.translation or entry.is_fuzzy:
            yield f"{where}: “{key.text}” has no translation in {name}."
        elif placeholders(entry.translation) - placeholders(key.text, message.plural):
            yield f"{where}: the translation of “{key.text}” has placeholders that the text does not have."
        elif placeholders(message.plural or key.text) - placeholders(entry.translation):
            yield f"{where}: the translation of “{key.text}” lacks a placeholder of the text."


def placeholders(*variants: str) -> set[str]:
    """Return the placeholders of a text, such as `%(name)s` or `{name}`."""
    return {match[0] for text in variants for match in PLACEHOLDER.finditer(text.replace("%%", ""))}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
