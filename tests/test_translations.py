"""Every text of Zhike is translated, and the tools that see to it are right."""

import gettext
import io
from pathlib import Path

import pytest

from tools import catalogue, messages
from tools.catalogue import Key, Message


def test_every_text_has_a_whole_translation(capsys: pytest.CaptureFixture[str]) -> None:
    assert messages.check() == 0, capsys.readouterr().out


def test_texts_of_python_are_found_under_any_name() -> None:
    source = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
from django.utils import translation
label = _("credit code")
count = ngettext("%(n)d row", "%(n)d rows", n) % {"n": n}
verb = pgettext("a deal", "Won")
long = translation.gettext("first "
                           "second")
known = _(label_marked_elsewhere)
"""
    assert dict(messages.texts_of_python(source, "x.py")) == {
        Key("credit code"): "",
        Key("%(n)d row"): "%(n)d rows",
        Key("Won", "a deal"): "",
        Key("first second"): "",
    }


def test_other_functions_called_underscore_are_left_alone() -> None:
    assert list(messages.texts_of_python("_ = print\n_('not a text of ours')", "x.py")) == []


@pytest.mark.parametrize("text", ['f"{n} rows"', '"a" + name', '"%s rows" % n'])
def test_a_text_put_together_at_run_time_is_refused_with_its_place(text: str) -> None:
    source = f"from django.utils.translation import gettext as _\n_({text})"
    with pytest.raises(messages.NotLiteral, match=r"x\.py:2"):
        list(messages.texts_of_python(source, "x.py"))


def test_texts_of_templates_are_found() -> None:
    source = """
<c-button label="{% translate "Save" %}">{% translate "It's open" context "a shop" %}</c-button>
{% blocktranslate trimmed count n=rows|length %}
  One row
{% plural %}
  {{ n }} rows
{% endblocktranslate %}
{% include "x.html" with title=_("Delete “it”?") %} _("plain text, no tag")
"""
    assert dict(messages.texts_of_template(source, "x.html")) == {
        Key("Save"): "",
        Key("It's open", "a shop"): "",
        Key("One row"): "%(n)s rows",
        Key("Delete “it”?"): "",
    }


ENTRIES = {
    Key("Save"): Message(translation="保存", places={"a.py", "b.html"}),
    Key("Open", "a shop"): Message(translation="营业"),
    Key("Open"): Message(translation="打开"),
    Key("%(n)s row"): Message(plural="%(n)s rows", translation="%(n)s 行"),
    Key('He said "no"\n\tand \\ left\n'): Message(translation='他说"不"\n\t然后 \\ 走了\n'),
    Key("not yet"): Message(),
    Key("doubtful"): Message(translation="可疑", is_fuzzy=True),
}


def test_a_catalogue_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "django.po"
    catalogue.write(path, ENTRIES, language="zh_Hans")
    read = catalogue.read(path)
    assert {key: (entry.plural, entry.translation, entry.is_fuzzy) for key, entry in read.items()} == {
        key: (entry.plural, entry.translation, entry.is_fuzzy) for key, entry in ENTRIES.items()
    }


def test_python_reads_what_we_compile() -> None:
    read = gettext.GNUTranslations(io.BytesIO(catalogue.compiled(ENTRIES, language="zh_Hans")))
    assert read.gettext("Save") == "保存"
    assert read.pgettext("a shop", "Open") == "营业"
    assert read.gettext("Open") == "打开"
    assert [read.ngettext("%(n)s row", "%(n)s rows", n) for n in (1, 2)] == ["%(n)s 行", "%(n)s 行"]
    assert read.gettext('He said "no"\n\tand \\ left\n') == '他说"不"\n\t然后 \\ 走了\n'
    assert read.gettext("not yet") == "not yet"
    assert read.gettext("doubtful") == "doubtful"


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ({}, "is not in"),
        ({Key("{count} of %(all)s"): Message()}, "has no translation"),
        ({Key("{count} of %(all)s"): Message(translation="共 %(all)s", is_fuzzy=True)}, "has no translation"),
        ({Key("{count} of %(all)s"): Message(translation="共 %(all)s")}, "lacks a placeholder"),
        ({Key("{count} of %(all)s"): Message(translation="{count}/%(total)s")}, "placeholders that the text does not"),
        ({Key("{count} of %(all)s"): Message(translation="{count}/%(all)s"), Key("gone"): Message()}, "in no code"),
    ],
)
def test_an_incomplete_catalogue_is_complained_about(
    written: dict[Key, Message], complaint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    path = tmp_path / "django.po"
    catalogue.write(path, written, language="zh_Hans")
    found = {Key("{count} of %(all)s"): Message(places={"x.py"})}
    assert [problem for problem in messages.problems_of(path, found) if complaint in problem]


def test_extracting_keeps_translations_takes_tables_and_drops_what_is_gone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    (tmp_path / "zhike").mkdir()
    (tmp_path / "zhike" / "page.html").write_text('{% translate "Kept" %}{% translate "New" %}', encoding="utf-8")
    [(_, path)] = messages.catalogues()
    path.parent.mkdir(parents=True)
    catalogue.write(
        path, {Key("Kept"): Message(translation="保留"), Key("Gone"): Message(translation="没了")}, language="zh"
    )
    table = tmp_path / "table.tsv"
    table.write_text("New\t新\nKept\t不用\n", encoding="utf-8")
    messages.extract([table])
    assert {key.text: entry.translation for key, entry in catalogue.read(path).items()} == {"Kept": "保留", "New": "新"}
