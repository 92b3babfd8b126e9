"""Rules of the house that import-linter cannot see: relations, back doors, signals, scoping, words, sizes.

Every excuse carries its reason and fails the build once it is no longer needed.
"""

import ast
import re
import tomllib
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from tests.source import ROOT, Module, assert_only_excused, called_name, imported_names, modules

# From the lowest layer up, as pyproject.toml has it for import-linter.
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERS: list[str] = next(contract["layers"] for contract in CONTRACTS if contract["id"] == "layers")[::-1]
# Any record may have an owner and a department, whatever its layer.
ANYONE_MAY_NAME = {settings.AUTH_USER_MODEL, "identity.Department"}

MODULE_LINES = 400
FUNCTION_LINES = 40

# What breaks a rule for a good reason, each with it.
MODEL_LOOK_UPS: dict[str, str] = {}
UNSCOPED_READS = {
    "zhike/core/api/idempotency.py: IdempotencyKey.objects": "no record; the caller's own keys only",
    "zhike/core/api/operations.py: ExternalKey.objects": "no record; the row it names is read through visible_to",
    "zhike/core/configfile/views.py: SavedView.objects": "no page: the views of everybody, as part of a configuration file",
    "zhike/core/pages/access_page.py: get_user_model()._default_manager": "asks for everybody whether they see the row",
    "zhike/core/pages/deletion_pages.py: part.model._default_manager": "counts what a delete of a reached row takes along",
    "zhike/core/pages/history_entries.py: Event.objects": "no record; the log of a row that was reached",
    "zhike/core/pages/history_page.py: Event.objects": "no record; the log of a row that was reached",
    "zhike/core/pages/module_effects.py: Event.objects": "no record; who wrote lately, for whoever switches modules",
    "zhike/core/pages/module_effects.py: get_user_model()._default_manager": "as above",
    "zhike/core/pages/module_effects.py: model._default_manager": "counts what would go, for whoever switches modules",
    "zhike/core/pages/preferences.py: get_user_model()._default_manager": "one's own row",
    "zhike/core/pages/reading.py: model._default_manager": "colours of names that were read as far as the reader may",
    "zhike/core/pages/settings_pages.py: ExchangeRate.objects": "no record; rates are for everybody",
    "zhike/identity/views/account.py: Token.objects": "no record; one's own tokens",
    "zhike/identity/views/people.py: Token.objects": "no record; tokens of a person who was reached",
}
DOMAIN_WORDS_IN_CORE = {
    "zhike/core/configuration/contributions.py: customer": "a sentence for people, who know the word and not “record”",
    "zhike/core/configuration/contributions.py: opportunity": "as above",
    "zhike/core/configuration/contributions.py: product": "as above",
    "zhike/core/home/tiles.py: lead": "to lead people",
    "zhike/core/pages/field_forms.py: contract": "examples for people, who know the word",
    "zhike/core/pages/field_forms.py: customer": "as above",
    "zhike/core/pages/gallery_samples.py: contact": "samples that only the gallery shows",
    "zhike/core/pages/gallery_samples.py: customer": "as above",
    "zhike/core/pages/gallery_samples.py: opportunity": "as above",
    "zhike/core/pages/gallery_samples.py: product": "as above",
    "zhike/core/pages/table.py: lead": "a link leads somewhere",
    "zhike/core/transfer/encodings.py: lead": "the lead byte of a character",
}
LONG_MODULES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}
LIBRARIES = {
    "zhike/config/bench/load.py: http.client": "measures a server of its own on this machine",
    "zhike/config/bench/servers.py: http.client": "as above",
    "zhike/config/bench/generator.py: random": "seeded, for invented rows",
    "zhike/config/bench/workplace.py: random": "as above",
    "zhike/core/overlay/__init__.py: contextvars.ContextVar": "what a preview's trial read must not reach other threads",
    "zhike/sales/demo/company.py: random": "seeded, for an invented company",
    "zhike/sales/demo/story.py: random": "as above",
}
TRUSTED_MARKUP = {
    "zhike/activities/mentions.py": "joins parts that the same module has escaped one by one",
    "zhike/core/help/__init__.py": "chapters that come with the product, rendered without the HTML in them",
    "zhike/core/pages/board_page.py": "joins parts that the same module has escaped one by one",
    "zhike/core/pages/display.py": "as above",
    "zhike/core/pages/inputs.py": "as above",
    "zhike/core/pages/table.py": "as above",
    "zhike/core/templatetags/zhike.py": "an icon, made of a name and a size that templates write",
}


def _app_of(model: type[models.Model]) -> str:
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "zhike" else ""


def _our_models() -> Iterator[type[models.Model]]:
    return (model for model in apps.get_models(include_auto_created=True) if _app_of(model))


def test_every_installed_app_of_ours_has_its_layer() -> None:
    installed = {config.name.removeprefix("zhike.") for config in apps.get_app_configs() if config.name[:6] == "zhike."}
    assert installed <= set(LAYERS)
    assert {path.parent.name for path in (ROOT / "zhike").glob("*/__init__.py")} == set(LAYERS)


def test_relations_point_down_or_home() -> None:
    upward = set()
    for model in _our_models():
        for relation in model._meta.get_fields(include_hidden=True):
            target = relation.related_model
            is_reverse = relation.auto_created and not relation.concrete
            if is_reverse or not isinstance(target, type):
                continue
            if not _app_of(target) or target._meta.label in ANYONE_MAY_NAME:
                continue
            if LAYERS.index(_app_of(target)) > LAYERS.index(_app_of(model)):
                upward.add(f"{model._meta.label}.{relation.name} → {target._meta.label}")
    assert not upward


def test_a_model_is_imported_and_not_looked_up_by_name() -> None:
    found = {
        module.place
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and called_name(node) in {"get_model", "get_registered_model"}
    }
    assert_only_excused(found, MODEL_LOOK_UPS, "import-linter cannot see get_model, so only migrations may use it")


def test_no_signal_hangs_on_our_models() -> None:
    signals = {"pre_init", "post_init", "pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"}
    found = {
        f"{module.place}: {name}"
        for module in modules()
        for name in imported_names(module)
        if name.startswith("django.db.models.signals.") and name.rsplit(".", 1)[1] in {*signals, "*"}
    }
    assert_only_excused(found, {}, "What follows a write belongs into its action or a subscriber")


def _is_edge(module: Module) -> bool:
    return bool({"views", "api", "pages"} & set(module.parts))


Parents = dict[int, ast.AST]
MANAGERS = {"objects", "_default_manager", "_base_manager"}


def _is_scoped(node: ast.AST, parents: Parents) -> bool:
    """Tell whether `node.…().visible_to(` follows in the same chain of calls."""
    parent = parents.get(id(node))
    while (isinstance(parent, ast.Attribute) and parent.value is node) or (
        isinstance(parent, ast.Call) and parent.func is node
    ):
        if isinstance(parent, ast.Attribute) and parent.attr == "visible_to":
            return True
        node, parent = parent, parents.get(id(parent))
    return False


def _is_scoped_later(manager: ast.AST, parents: Parents) -> bool:
    """Tell whether the manager is only given a name, and that name is used in its function for `visible_to` alone."""
    node: ast.AST | None = parents.get(id(manager))
    node = parents.get(id(node)) if isinstance(node, ast.IfExp) else node
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            scope: ast.AST | None = node
            while scope is not None and not isinstance(scope, ast.FunctionDef | ast.Module):
                scope = parents.get(id(scope))
            names = [use for use in ast.walk(scope or node) if isinstance(use, ast.Name) and use.id == name]
            used = [use for use in names if isinstance(parents.get(id(use)), ast.Attribute)]
            return bool(used) and all(_is_scoped(use, parents) for use in used)
        case _:
            return False


def _unscoped(module: Module) -> Iterator[str]:
    parents: Parents = {id(child): node for node in ast.walk(module.tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(module.tree):
        is_manager = isinstance(node, ast.Attribute) and node.attr in MANAGERS
        if is_manager and not _is_scoped(node, parents) and not _is_scoped_later(node, parents):
            yield f"{module.place}: {ast.unparse(node)}"


def test_pages_and_api_read_rows_through_visible_to_only() -> None:
    found = {line for module in modules() if _is_edge(module) for line in _unscoped(module)}
    assert_only_excused(found, UNSCOPED_READS, "Write `Model.objects.visible_to(actor, …)`")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Deal.objects.visible_to(actor).filter(pk=1)", []),
        ("Deal.objects.filter(pk=1).visible_to(actor)", []),
        ("def f():\n rows: Any = model._default_manager\n return rows.visible_to(actor).get()", []),
        ("Deal.objects.filter(pk=1)", ["Deal.objects"]),
        ("model._default_manager.all()", ["model._default_manager"]),
        ("f(Deal.objects.filter(pk=1), x.visible_to(actor))", ["Deal.objects"]),
        ("def f():\n rows = Deal.objects\n rows.visible_to(actor)\n return rows.all()", ["Deal.objects"]),
        ("def f():\n rows = Deal.objects.all()\n return rows", ["Deal.objects"]),
    ],
)
def test_the_scoping_rule_catches_what_it_must(text: str, expected: list[str]) -> None:
    found = list(_unscoped(Module("zhike/x/views.py", text, ast.parse(text))))
    assert found == [f"zhike/x/views.py: {name}" for name in expected]


DOMAIN_WORDS = {"campaign", "contact", "contract", "customer", "deal", "invoice", "lead", "opportunity", "pipeline"}
DOMAIN_WORDS |= {"product", "salesperson", "ticket"}


def _words_of_code(tree: ast.Module) -> set[str]:
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    words: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                words.append(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.alias(name=name):
                words.append(name)
            case ast.Constant(value=str(text)) if id(node) not in documentation:
                words.append(text)
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", " ".join(words)).lower()
    return set(re.findall(r"[a-z]+", spaced))


def test_core_knows_no_business_word() -> None:
    found = set()
    for module in modules():
        if module.parts[0] == "core":
            words = _words_of_code(module.tree)
            found |= {
                f"{module.place}: {word}" for word in DOMAIN_WORDS if {word, f"{word}s", f"{word[:-1]}ies"} & words
            }
    assert_only_excused(found, DOMAIN_WORDS_IN_CORE, "The platform serves any record, so it names none")


def test_modules_stay_short() -> None:
    found = {module.place for module in modules() if len(module.text.splitlines()) > MODULE_LINES}
    assert_only_excused(found, LONG_MODULES, f"A module longer than {MODULE_LINES} lines becomes a package")


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    has_documentation = ast.get_docstring(node, clean=False) is not None and len(node.body) > 1
    start = node.body[1].lineno if has_documentation else first.lineno
    return (node.end_lineno or start) - start + 1


def test_functions_stay_short() -> None:
    found = {
        f"{module.place}: {node.name}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _length(node) > FUNCTION_LINES
    }
    assert_only_excused(found, LONG_FUNCTIONS, f"A function has at most {FUNCTION_LINES} lines below its docstring")


def test_no_file_is_named_for_nothing() -> None:
    vague = {"utils", "helpers", "managers", "misc", "common", "services"}
    found = {module.place for module in modules() if vague & set(module.parts)}
    assert_only_excused(found, {}, "Name the thing")


@pytest.mark.parametrize(
    ("forbidden", "rule"),
    [
        (
            {"urllib.request", "http.client", "requests", "httpx", "aiohttp", "urllib3"},
            "No word leaves this machine unasked",
        ),
        ({"pickle", "marshal", "shelve", "yaml", "dill"}, "Reading these can run a stranger's code"),
        ({"random"}, "Use `secrets` for secrets; chance has no other place in the product"),
        ({"threading.local", "contextvars"}, "Pass the actor along; no thread-globals"),
    ],
)
def test_some_libraries_have_no_place_here(forbidden: set[str], rule: str) -> None:
    def is_of_it(name: str) -> bool:
        return any(name == word or name.startswith(f"{word}.") for word in forbidden)

    found = {f"{module.place}: {name}" for module in modules() for name in imported_names(module) if is_of_it(name)}
    excused = {line: reason for line, reason in LIBRARIES.items() if is_of_it(line.split(": ")[1])}
    assert_only_excused(found, excused, rule)


def test_no_text_is_run_as_code() -> None:
    found = {
        f"{module.place}: {node.func.id}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"eval", "exec", "compile"}
    }
    assert_only_excused(found, {}, "Text from people is never run")


def _trusts(tree: ast.Module) -> bool:
    """Whether text that is not written here is called safe; `html` is the name of `mark_safe` in `display`."""
    return any(
        (
            called_name(node) in {"mark_safe", "SafeString", "html"}
            and not all(isinstance(given, ast.Constant) for given in node.args)
        )
        or (called_name(node) == "format_html" and not isinstance(node.args[0], ast.Constant))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    )


def test_markup_is_trusted_only_where_it_is_ours() -> None:
    found = {module.place for module in modules() if _trusts(module.tree)}
    assert_only_excused(found, TRUSTED_MARKUP, "Use format_html, which escapes what people typed")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mark_safe(name)", True),
        ("html(f'<b>{name}</b>')", True),
        ("safestring.SafeString(name)", True),
        ("format_html(f'<b>{name}</b>')", True),
        ("format_html(text, name)", True),
        ("format_html('<b>{}</b>', name)", False),
        ("SafeString()", False),
        ("html('—')", False),
    ],
)
def test_the_markup_rule_catches_what_it_must(text: str, expected: bool) -> None:
    assert _trusts(ast.parse(text)) is expected


def test_migrations_are_named_and_in_one_line() -> None:
    for folder in (ROOT / "zhike").glob("*/migrations"):
        names = sorted(path.stem for path in folder.glob("0*.py"))
        assert not [name for name in names if "_auto_" in name], "Name a migration after what it does"
        numbers = [name[:4] for name in names]
        assert numbers == [f"{number:04}" for number in range(1, len(names) + 1)], f"{folder} has two heads or a gap"


def test_every_app_says_what_it_owns_and_what_it_refuses() -> None:
    lacking = [layer for layer in LAYERS if not (ROOT / "zhike" / layer / "README.md").is_file()]
    assert not lacking
