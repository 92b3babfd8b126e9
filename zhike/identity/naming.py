"""Names by which people sign in: one spelling for each username, mobile number and e-mail address."""

import re
import unicodedata

import phonenumbers

from zhike.core.search.pinyin import syllables

HOME_REGION = "CN"
_SEPARATORS = re.compile(r"[\s._\-]+")
_NOT_PLAIN = re.compile(r"[^\w.]+")


def username_key(text: str) -> str:
    """The stored form of a username: compatibility-normalised, case-folded, without surrounding blanks."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()


def email_key(text: str) -> str:
    """The stored form of an e-mail address. Two addresses that differ only in case are one person's."""
    return text.strip().casefold()


def mobile_key(text: str) -> str:
    """The stored form of a mobile number: national digits at home, `+` and digits abroad; blank when unreadable.

    `138 0013 8000`, `+86 13800138000` and `0086-138-0013-8000` are one number.
    """
    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    if number.country_code == phonenumbers.country_code_for_region(HOME_REGION):
        return phonenumbers.national_significant_number(number)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def username_from(full_name: str) -> str:
    """A username suggested by a name: `Moses Frase` gives `moses.frase`, 王小明 gives `wangxiaoming`."""
    words = _SEPARATORS.split(full_name.strip())
    latin = [word if word.isascii() else "".join(syllables(word, person=True)) for word in words if word]
    return _NOT_PLAIN.sub("", username_key(".".join(latin)))[:150]
