"""The forms behind the settings of fields: one of the company's own, a built-in one, the name of an entity."""

from typing import Any

from django import forms
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core import modules
from zhike.core.actors import Actor
from zhike.core.configuration.field_actions import Wish, parts_of
from zhike.core.customfields.actions import Setting
from zhike.core.customfields.checking import Draft
from zhike.core.customfields.models import CustomKind
from zhike.core.entities import Entity, registry
from zhike.core.entities.fields import describe_field
from zhike.core.pages.condition_field import ConditionField
from zhike.core.pages.inputs import Select
from zhike.core.pages.words import sentence_start, speaks_chinese

_CONTROL = {"class": "form-control"}
_SELECT = {"class": "form-select"}
# One line for each kind, so that nobody has to try what it is.
EXAMPLES = {
    CustomKind.TEXT: gettext_lazy("one line, such as a licence number"),
    CustomKind.LONG_TEXT: gettext_lazy("several lines, such as a description of the plant"),
    CustomKind.INTEGER: gettext_lazy("12, such as a number of branches"),
    CustomKind.DECIMAL: gettext_lazy("3.75, such as a floor space"),
    CustomKind.MONEY: gettext_lazy("1,200.00 in the company's currency, such as a budget"),
    CustomKind.DATE: gettext_lazy("2026-06-30, such as the end of a contract"),
    CustomKind.MOMENT: gettext_lazy("2026-06-30 14:00, such as a delivery"),
    CustomKind.CHOICE: gettext_lazy("one of a list, such as small, middle, large"),
    CustomKind.MULTI_CHOICE: gettext_lazy("several of a list, such as languages spoken"),
    CustomKind.BOOLEAN: gettext_lazy("a tick, such as “has a framework contract”"),
    CustomKind.USER: gettext_lazy("a colleague, such as who looks after technology"),
    CustomKind.DEPARTMENT: gettext_lazy("a department, such as who delivers"),
    CustomKind.RECORD: gettext_lazy("another record, such as the customer who recommended this one"),
    CustomKind.REGION: gettext_lazy("province, city, district"),
    CustomKind.PHONE: gettext_lazy("138 0000 0000, found whatever the spaces"),
    CustomKind.EMAIL: gettext_lazy("name@example.com"),
    CustomKind.URL: gettext_lazy("https://example.com"),
    CustomKind.FILE: gettext_lazy("a file to open, such as a business licence"),
}


def _kinds() -> list[tuple[str, str]]:
    dash = "——" if speaks_chinese() else " – "
    return [(kind.value, f"{sentence_start(kind.label)}{dash}{EXAMPLES[kind]}") for kind in CustomKind]


def _targets() -> list[tuple[str, str]]:
    return [
        ("", "—"),
        *(
            (each.slug, sentence_start(each.label_plural))
            for each in registry.all()
            if modules.is_on(each.module) and each.attachable
        ),
    ]


def _text(label: Any, longest: int, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, required=False, help_text=help_text, widget=forms.TextInput(attrs=_CONTROL)
    )


class _Wording(forms.Form):
    label_zh = _text(gettext_lazy("Chinese label"), 60)
    label_en = _text(gettext_lazy("English label"), 60)
    help_zh = _text(gettext_lazy("Chinese help"), 300)
    help_en = _text(gettext_lazy("English help"), 300)


class CustomFieldForm(_Wording):
    """A field of the company's own. Its kind is chosen once; `choices` adds lines to what a list has already."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=_kinds, widget=Select(attrs=_SELECT))
    choices = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        max_length=5000,
        help_text=gettext_lazy("One on each line, Chinese | English; one language is enough: 大型 | large"),
        widget=forms.Textarea(attrs=_CONTROL | {"rows": 5}),
    )
    target = forms.ChoiceField(
        label=gettext_lazy("Links to"), required=False, choices=_targets, widget=Select(attrs=_SELECT)
    )
    places = forms.TypedChoiceField(
        label=gettext_lazy("Decimals"),
        coerce=int,
        initial=2,
        required=False,
        empty_value="2",
        choices=[(number, str(number)) for number in range(7)],
        widget=Select(attrs=_SELECT),
    )
    several = forms.BooleanField(label=gettext_lazy("Several files"), required=False)
    section = forms.ChoiceField(label=gettext_lazy("Section"), required=False, widget=Select(attrs=_SELECT))
    default = forms.CharField(
        label=gettext_lazy("New records begin with"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("As people would type it; blank for nothing."),
        widget=forms.TextInput(attrs=_CONTROL),
    )
    required = forms.BooleanField(label=gettext_lazy("Must be filled in"), required=False)
    unique = forms.BooleanField(
        label=gettext_lazy("No two records alike"),
        required=False,
        help_text=gettext_lazy("For numbers, addresses and the like; lists can then be filtered by it too."),
    )
    is_indexed = forms.BooleanField(
        label=gettext_lazy("Filter and sort lists by it"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Quick however many records there are. Choices and ticks always can."),
    )

    def __init__(self, entity: Entity, actor: Actor, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shown_if"] = ConditionField(
            entity,
            actor=actor,
            label=_("Shown only if"),
            help_text=_("While this does not hold, the field is neither shown nor demanded. Blank: always shown."),
        )
        section, kind = self.fields["section"], self.fields["kind"]
        if isinstance(section, forms.ChoiceField):
            section.choices = section_choices(entity)
        if not is_new:
            kind.disabled = True
            self.fields["target"].disabled = True
            self.fields["choices"].label = _("More choices")

    @property
    def wish(self) -> Wish:
        """What was asked for, as the actions take it."""
        given = self.cleaned_data
        names = (
            "label_zh", "label_en", "help_zh", "help_en", "kind", "target", "places", "several", "required", "unique",
        )  # fmt: skip
        draft = Draft(
            **{name: given[name] for name in names if name != "places"},
            places=int(given["places"]),
            is_indexed=given["is_indexed"],
            shown_if=given["shown_if"],
        )
        lines = tuple(line for line in given["choices"].splitlines() if line.strip())
        return Wish(draft=draft, default=given["default"], choices=lines, section=given["section"])


# The languages in which a company may reword what is shipped.
LANGUAGES_OF_WORDS = (("zh", "zh-hans"), ("en", "en"))


def shipped_words(entity: Entity, name: str, language: str) -> tuple[str, str]:
    """What a built-in field is called in that language as shipped, and the help beside it."""
    field = describe_field(entity.model, name)
    with translation.override(language):
        return sentence_start(field.label), str(field.help_text)


class BuiltInFieldForm(_Wording):
    """A field that comes with Zhike: blanks keep what is shipped."""

    section = forms.ChoiceField(label=gettext_lazy("Section"), required=False, widget=Select(attrs=_SELECT))
    default = forms.CharField(
        label=gettext_lazy("New records begin with"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("As people would type it; blank for nothing."),
        widget=forms.TextInput(attrs=_CONTROL),
    )
    required = forms.BooleanField(label=gettext_lazy("Must be filled in"), required=False)
    is_hidden = forms.BooleanField(
        label=gettext_lazy("Hidden"),
        required=False,
        help_text=gettext_lazy("Gone from forms, lists and filters; what stands in it stays."),
    )

    def __init__(self, entity: Entity, name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        section = self.fields["section"]
        if isinstance(section, forms.ChoiceField):
            section.choices = section_choices(entity)
        field = entity.field(name)
        if field.required:
            self.fields["required"].disabled = True
            self.fields["required"].initial = True
            self.initial["required"] = True
            self.fields["required"].help_text = _("Zhike itself needs this field.")
        if field.required or name == entity.title:
            self.fields["is_hidden"].disabled = True
            self.fields["is_hidden"].help_text = _("Zhike itself needs this field.")
        for language, code in LANGUAGES_OF_WORDS:
            shipped = shipped_words(entity, name, code)
            for each, words in zip((f"label_{language}", f"help_{language}"), shipped, strict=True):
                self.fields[each].widget.attrs["placeholder"] = words
        if name not in entity.fields:
            for each in ("section", "default", "required"):
                del self.fields[each]

    def setting(self, default: Any) -> Setting:
        """What was asked for; what Zhike demands anyway is not the company's demand."""
        given = self.cleaned_data
        words = {name: given[name] for name in ("label_zh", "label_en", "help_zh", "help_en")}
        required = given.get("required", False) and not self.fields["required"].disabled
        return Setting(**words, required=required, is_hidden=given["is_hidden"], default=default)


class NamesForm(forms.Form):
    """What the company calls one record and many of them."""

    one_zh = _text(gettext_lazy("Chinese, for one and for many"), 40)
    one_en = _text(gettext_lazy("English, one"), 40, gettext_lazy("As in the middle of a sentence: project"))
    many_en = _text(gettext_lazy("English, many"), 40, gettext_lazy("projects"))


def section_choices(entity: Entity) -> list[tuple[str, str]]:
    """The sections of the form by key."""
    found = []
    for key, part in parts_of(entity):
        chinese, english = part.title_zh, part.title_en
        title = (chinese if speaks_chinese() else english) or chinese or english
        found.append((key, title or _("Beginning of the form")))
    return found
