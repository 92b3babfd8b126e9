"""A custom field of every kind, with values in each form in which they come."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from zhike.core.actors import Actor, Via
from zhike.core.configuration import option_actions
from zhike.core.configuration.option_actions import Words
from zhike.core.customfields import actions
from zhike.core.customfields.checking import Draft
from zhike.core.customfields.models import CustomField, CustomKind

SYSTEM = Actor.system(Via.SHELL)
SLUG = "customers"


@dataclass(frozen=True)
class Sample:
    """A kind with two values: as typed into a form, in Python, and as the API writes it; `shown` stands on the page."""

    kind: CustomKind
    typed: Any
    value: Any
    json: Any
    other: Any
    shown: str

    @property
    def key(self) -> str:
        return f"cf_{self.kind.value}"


K = CustomKind
SAMPLES = (
    Sample(K.TEXT, "甲方 A", "甲方 A", "甲方 A", "乙方", "甲方 A"),
    Sample(K.LONG_TEXT, "一\n二", "一\n二", "一\n二", "三", "一<br>二"),
    Sample(K.INTEGER, "1,200", 1200, 1200, -3, "1200"),
    Sample(K.DECIMAL, "12.5", Decimal("12.50"), "12.50", "0.25", "12.50"),
    Sample(K.MONEY, "1,200.50", Decimal("1200.50"), "1200.50", "7.00", "1,200.50"),
    Sample(K.DATE, "2026-03-04", date(2026, 3, 4), "2026-03-04", "2025-01-01", "2026"),
    Sample(
        K.MOMENT, "2026-03-04T10:30", datetime(2026, 3, 4, 2, 30, tzinfo=UTC), "2026-03-04T02:30:00Z",
        "2025-01-01T00:00:00Z", "2026",
    ),
    Sample(K.CHOICE, "gold", "gold", "gold", "silver", "Gold"),
    Sample(K.MULTI_CHOICE, ["gold", "silver"], ["gold", "silver"], ["gold", "silver"], ["silver"], "Silver"),
    Sample(K.BOOLEAN, "on", True, True, False, "yes"),
    Sample(K.USER, None, None, None, None, "Ana"),
    Sample(K.DEPARTMENT, None, None, None, None, "Team"),
    Sample(K.RECORD, None, None, None, None, "Parent Ltd"),
    Sample(K.REGION, "440000", "440000", "440000", "310000", "Guangdong"),
    Sample(K.PHONE, "021-61618888", "021-61618888", "021-61618888", "010-5555", "021-61618888"),
    Sample(K.EMAIL, "a@example.cn", "a@example.cn", "a@example.cn", "b@example.cn", "a@example.cn"),
    Sample(K.URL, "https://example.cn/a", "https://example.cn/a", "https://example.cn/a", "https://b.cn", "example.cn/a"),
)  # fmt: skip
LINKS = (K.USER, K.DEPARTMENT, K.RECORD)


def field(kind: CustomKind, slug: str = SLUG, **wish: Any) -> CustomField:
    """A field of that kind, ready for filters where its kind can be; choices are gold and silver."""
    wish = {"label_en": f"My {kind.value}", "label_zh": f"我的{kind.value}"} | wish
    wish.setdefault("is_indexed", kind is not K.LONG_TEXT)
    if kind is K.RECORD:
        wish.setdefault("target", "customers")
    key = wish.pop("key", f"cf_{kind.value}")
    row = actions.create_field(SYSTEM, slug, Draft(kind=kind.value, **wish), key=key)
    if kind in (K.CHOICE, K.MULTI_CHOICE):
        for word in ("Gold", "Silver"):
            option_actions.add_option(SYSTEM, row.option_list, Words(label_zh=word, label_en=word))
    return row


def change(row: CustomField, **wish: Any) -> CustomField:
    """Change one thing or another of a field and leave the rest."""
    kept = {each: getattr(row, each) for each in Draft.__dataclass_fields__}
    return actions.change_field(SYSTEM, row.entity, row.key, Draft(**(kept | wish)))
