"""A plan is read into frozen data, and every misspelling is named with what is allowed."""

from pathlib import Path

import pytest

from zhike.core.transfer.plan import Moment, Plan, PlanError, When, load_plan
from zhike.core.transfer.templates import Template, TemplateError

HEAD = '[plan]\nname = "hardware-sales"\nsystem = "maven"\n'
STEP = '[[step]]\nfile = "sales_pipeline.csv"\nentity = "opportunities"\nkey = "{opportunity_id}"\n'


def planned(folder: Path, text: str) -> Plan:
    path = folder / "plan.toml"
    path.write_text(text)
    return load_plan(path)


def test_a_whole_plan_is_read(tmp_path: Path) -> None:
    plan = planned(
        tmp_path,
        HEAD
        + '[company]\ncurrency = "usd"\n[heads]\nCentral = "Melvin Marxen"\n'
        + STEP
        + 'when = "update"\n'
        + 'columns = {customer = "account", owner = "sales_agent"}\n'
        + 'compose = {name = "{product} · {account}"}\n'
        + 'set = {pipeline = "Hardware sales", amount_from_lines = false}\n'
        + 'aliases = {product = {GTXPro = "GTX Pro"}}\n'
        + 'history = {stage = [{value = "Engaging", on = "engage_date"}, {value = "{deal_stage}", on = "close_date"}]}\n'
        + '[[step]]\nentity = "stages"\nkey = "{name}"\nwhen = "skip"\nrows = [{name = "Won", position = 3}]\n',
    )
    first, second = plan.steps
    assert (plan.name, plan.system, plan.currency, plan.heads) == (
        "hardware-sales",
        "maven",
        "USD",
        {"Central": "Melvin Marxen"},
    )
    assert first.file == tmp_path / "sales_pipeline.csv"
    assert (first.number, first.entity, first.when, first.key.names) == (
        1,
        "opportunities",
        When.UPDATE,
        ("opportunity_id",),
    )
    assert first.set == {"pipeline": "Hardware sales", "amount_from_lines": False}
    assert first.aliases == {"product": {"GTXPro": "GTX Pro"}}
    assert first.history["stage"] == (
        Moment(value=Template.parse("Engaging"), on="engage_date"),
        Moment(value=Template.parse("{deal_stage}"), on="close_date"),
    )
    assert (first.source, second.source) == ("sales_pipeline.csv", "rows")
    assert (second.when, second.rows, second.file) == (When.SKIP, ({"name": "Won", "position": 3},), None)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[plan\n", "is not valid TOML"),
        (STEP, r"needs a table \[plan\]"),
        (HEAD, r"no \[\[step\]\]"),
        ('[plan]\nname = "x"\n' + STEP, r"\[plan\]: “system” is missing"),
        (HEAD + 'owner = "x"\n' + STEP, r"\[plan\]: the key “owner” is not known. Allowed are: name, system"),
        (HEAD + "[steps]\n" + STEP, "the key “steps” is not known"),
        (
            HEAD + STEP + "colums = {}\n",
            "Step 1: the key “colums” is not known. Allowed are: aliases, blanks, columns, compose",
        ),
        (HEAD + '[company]\ncurency = "USD"\n' + STEP, r"\[company\]: the key “curency” is not known"),
        (HEAD + STEP + 'when = "upsert"\n', "Step 1: “when” is “upsert”; allowed are: create, update, skip"),
        (HEAD + STEP + "columns = {name = 3}\n", "Step 1: “columns” must be a table of texts"),
        (HEAD + STEP + 'columns = "name"\n', "Step 1: “columns” must be a table of texts"),
        (HEAD + STEP + "set = {tags = [1]}\n", "Step 1: “set” must hold texts, numbers"),
        (HEAD + STEP + 'aliases = {product = "x"}\n', "Step 1, aliases: “product” must be a table"),
        (HEAD + STEP + 'compose = {name = "{product"}\n', "Step 1: the template “{product” has a brace"),
        (HEAD + STEP + 'compose = {name = "{}"}\n', "Step 1: the template “{}” has a brace"),
        (HEAD + STEP + 'history = {stage = [{value = "x"}]}\n', "Step 1, history.stage: “on” is missing"),
        (
            HEAD + STEP + 'history = {stage = [{value = "x", on = "y", at = "z"}]}\n',
            "history.stage: the key “at” is not known",
        ),
        (HEAD + STEP + "history = {stage = {}}\n", "history.stage must be a list"),
        (HEAD + STEP + "rows = [{a = 1}]\n", "Step 1 needs either “file” or “rows”"),
        (HEAD + '[[step]]\nentity = "x"\nkey = "{a}"\n', "Step 1 needs either “file” or “rows”"),
        (HEAD + '[[step]]\nfile = "a.csv"\nkey = "{a}"\n', "Step 1: “entity” is missing"),
        (HEAD + '[[step]]\nfile = "a.csv"\nentity = "x"\n', "Step 1: “key” is missing"),
        (HEAD + '[[step]]\nfile = 7\nentity = "x"\nkey = "{a}"\n', "“file” must be text in quotation marks"),
    ],
)
def test_mistakes_are_named_with_their_place(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(PlanError, match=sentence):
        planned(tmp_path, text)


def test_a_missing_plan_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="cannot be opened"):
        load_plan(tmp_path / "nothing.toml")


@pytest.mark.parametrize(
    ("template", "values", "filled"),
    [
        ("{a} · {b}", {"a": "GTX", "b": "Isdom"}, "GTX · Isdom"),
        ("{a} · {b}", {"a": "GTX"}, "GTX"),
        ("{a} · {b}", {"b": "Isdom"}, "Isdom"),
        ("{a} · {b}", {}, ""),
        ("{a} ({b})", {"a": "x"}, "x"),
        ("{a} ({b})", {"a": "x", "b": "y"}, "x (y)"),
        ("{a}/{b}/{c}", {"a": "1", "c": "3"}, "1/3"),
        ("No. {a}", {}, ""),
        ("No. {a}", {"a": "7"}, "No. 7"),
        ("Engaging", {}, "Engaging"),
        ("{{{a}}}", {"a": "x"}, "{x}"),
        ("{{7*7}}", {}, "{7*7}"),
        ("{revenue} million", {"revenue": "1100.04"}, "1100.04 million"),
    ],
)
def test_a_template_joins_what_is_there(template: str, values: dict[str, str], filled: str) -> None:
    assert Template.parse(template).fill(lambda name: values.get(name, "")) == filled


def test_a_template_evaluates_nothing() -> None:
    template = Template.parse("{a.__class__} {a[0]} {a!r} {a:>10} {7*7}")
    assert template.names == ("a.__class__", "a[0]", "a!r", "a:>10", "7*7")
    assert template.fill(lambda name: f"<{name}>") == "<a.__class__> <a[0]> <a!r> <a:>10> <7*7>"


@pytest.mark.parametrize("template", ["{", "}", "{a", "a}", "{}", "{ }", "{{a}"])
def test_a_broken_template_is_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        Template.parse(template)
