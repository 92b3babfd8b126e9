"""Telephone numbers as people in China write them, and international ones.

A number that can be read is stored as E.164 with its extension; one that cannot is kept as typed, with a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from zhike.core.search.folding import fold

# 400 and 800 numbers are dialled as they are and only inside China; they have no E.164 form
# that anybody could use.
_SERVICE = re.compile(r"(?:86)?([48]00\d{7})")
# Service numbers of five and six digits: 10086, 95588, 12345.
_SHORT = re.compile(r"(?:1[0-2]\d{3}|95\d{3,4}|96\d{3,4})")
_EXTENSION = re.compile(r"\s*(?:转|轉|分机|分機|ext\.?|extension|x|#|-)\s*(\d{1,7})\s*$")
_NOTED_EXTENSION = re.compile(r"\s*(?:转|轉|分机|分機|ext\.?|extension|x|#)\s*(\d{1,7})\s*$")
_SERVICE_DASH = re.compile(r"(?<=\d{4})-(\d{1,6})$")  # 400-800-8888-1, 4008008888-1
# Area code and number without anything after it, or a mobile number; 179 may be the prefix of a carrier.
_PLAIN = re.compile(r"0(\d{2,3})-?(\d{7,8})|(1(?:[3-689]\d|7[0-8])\d{8})")
_DASHES = re.compile("[\u2010-\u2015\u2212]")


class Kind(StrEnum):
    """What rings at the other end."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Phone:
    """A telephone number read.

    `stored` goes into the database: E.164 with `;ext=` where there is an extension, the bare digits of a service
    number, or what was typed. `e164` is blank unless the number can be dialled from abroad. `display` is what people
    read.
    """

    stored: str
    e164: str
    display: str
    kind: Kind
    valid: bool
    extension: str = ""
    sentence: str | Promise = ""

    @property
    def tail(self) -> str:
        """The last four digits before the extension, for a short reference; fewer where there are no more."""
        return "".join(filter(str.isdigit, self.e164 or self.stored.partition(";")[0]))[-4:]


def _grouped(digits: str) -> str:
    """A mainland mobile number in the groups people speak it in: 138 0013 8000."""
    return f"{digits[:3]} {digits[3:7]} {digits[7:]}"


_KINDS = {
    phonenumbers.PhoneNumberType.MOBILE: Kind.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE: Kind.LANDLINE,
}


def _display(number: phonenumbers.PhoneNumber, region: str, kind: Kind) -> str:
    # +86 is one region, so that it need not be looked for.
    at_home = (number.country_code == 86 and region == "CN") or phonenumbers.region_code_for_number(number) == region
    if at_home and number.country_code == 86:
        if kind is Kind.MOBILE:
            return _grouped(phonenumbers.national_significant_number(number))
        return (
            phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
            .replace(" ", "-", 1)
            .replace(" ", "")
        )
    wanted = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, wanted)


def _unread(typed: str) -> Phone:
    return Phone(stored=typed, e164="", display=typed, kind=Kind.OTHER, valid=False, sentence=_UNREAD)


def _service(text: str) -> Phone | None:
    """A 400 or 800 number, or a short service number, which only China dials."""
    noted = _NOTED_EXTENSION.search(text) or _SERVICE_DASH.search(text)
    bare, extension = (text[: noted.start()], noted[1]) if noted else (text, "")
    if not re.fullmatch(r"[+\d\s()-]+", bare):
        return None
    digits = re.sub(r"\D", "", bare)
    if match := _SERVICE.fullmatch(digits):
        number = match[1]
        display = f"{number[:3]}-{number[3:6]}-{number[6:]}"
    elif _SHORT.fullmatch(digits):
        number = display = digits
    else:
        return None
    ending = f";ext={extension}" if extension else ""
    shown = _with_extension(display, extension)
    return Phone(stored=number + ending, e164="", display=shown, kind=Kind.OTHER, valid=True, extension=extension)


def _with_extension(display: str, extension: str) -> str:
    return f"{display}-{extension}" if extension else display


def _parsed(text: str, region: str) -> tuple[phonenumbers.PhoneNumber, str, Kind] | None:
    """The number, its extension and kind; 010-62781234-801 is first read whole, then with its end as an extension."""
    if region == "CN" and (plain := _plain(text)):
        return plain
    attempts = (
        [(_NOTED_EXTENSION.sub("", text), found[1])] if (found := _NOTED_EXTENSION.search(text)) else [(text, "")]
    )
    if attempts[0][1] == "" and (dashed := _EXTENSION.search(text)):
        attempts.append((text[: dashed.start()], dashed[1]))
    for number, extension in attempts:
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        if kind := _valid_kind(parsed):
            return parsed, extension or parsed.extension or "", kind
    return None


def _plain(text: str) -> tuple[phonenumbers.PhoneNumber, str, Kind] | None:
    """A number in the two forms in which nearly all come. The library finds the same in them, in several times the time."""
    if (found := _PLAIN.fullmatch(text)) is None:
        return None
    number = phonenumbers.PhoneNumber(country_code=86, national_number=int("".join(found.groups(""))))
    kind = _valid_kind(number)
    return (number, "", kind) if kind else None


def _valid_kind(number: phonenumbers.PhoneNumber) -> Kind | None:
    """What rings there; None for a number that nobody can have. A number is valid when it is of some type."""
    found = phonenumbers.number_type(number)
    return None if found == phonenumbers.PhoneNumberType.UNKNOWN else _KINDS.get(found, Kind.OTHER)


def normalise(text: str, region: str = "CN") -> Phone:
    """Read a telephone number as it was typed; `region` (ISO 3166) is where one without country code is dialled.

    Never raises: what cannot be read comes back as typed, not `valid`, with a sentence for its reader.
    """
    typed = " ".join(text.split())
    folded = _DASHES.sub("-", fold(typed)).removeprefix("tel:").removesuffix(";").replace(";ext=", "转").strip()
    if not folded:
        return Phone(stored="", e164="", display="", kind=Kind.OTHER, valid=False)
    if folded.startswith("00") and region == "CN":
        folded = "+" + folded[2:]
    if region == "CN" and (service := _service(folded)):
        return service
    if len(folded) > 60 or (found := _parsed(folded, region)) is None:
        return _unread(typed)
    number, extension, kind = found
    number.extension = None
    e164 = f"+{number.country_code}{phonenumbers.national_significant_number(number)}"
    return Phone(
        stored=f"{e164};ext={extension}" if extension else e164,
        e164=e164,
        display=_with_extension(_display(number, region, kind), extension),
        kind=kind,
        valid=True,
        extension=extension,
    )


def display(stored: str, region: str = "CN") -> str:
    """A stored number as people read it."""
    return normalise(stored, region).display


_UNREAD = _(
    "This does not look like a telephone number. It is kept as typed; check the area code, or begin a number "
    "from abroad with + and its country code."
)
