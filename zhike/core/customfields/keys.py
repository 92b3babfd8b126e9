"""Keys of custom fields: readable, and never given twice."""

import re

from django.utils.translation import gettext as _

from zhike.core.customfields.checking import Draft
from zhike.core.customfields.models import CustomField
from zhike.core.entities.fields import CUSTOM
from zhike.core.search.pinyin import sort_key
from zhike.core.writes.errors import RuleBroken

MAX_KEY = 40
_KEY = re.compile(r"cf_[a-z][a-z0-9_]{0,36}", re.ASCII)
_BEYOND = re.compile(r"[^a-z0-9]+")


def free_key(slug: str, wanted: str, draft: Draft) -> str:
    """The key asked for, or one made from the label. Raises `RuleBroken` for one that is malformed or was used before."""
    taken = set(CustomField.objects.filter(entity=slug).values_list("key", flat=True))
    if wanted:
        if not _KEY.fullmatch(wanted):
            raise RuleBroken(_("A key is cf_ and small Latin letters, digits and _, at most 40 characters."), "key")
        if wanted in taken:
            raise RuleBroken(_("This key is or was used by another field; choose another one."), "key")
        return wanted
    base = _BEYOND.sub("_", sort_key(draft.label_en or draft.label_zh).lower()).strip("_")[:30].strip("_") or "field"
    base = f"{CUSTOM}{base if base[0].isalpha() else f'f_{base}'}"
    key, number = base, 1
    while key in taken:
        number += 1
        key = f"{base}_{number}"
    return key
