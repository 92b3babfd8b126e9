"""How many rows match: exact up to 10,000, beyond that an estimate; and sums that are exact however many there are."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connections
from django.db.models import BigIntegerField, Count, DecimalField, ExpressionWrapper, F, Max, Min, QuerySet, Sum
from django.db.models.functions import Cast, Round
from django.utils.translation import gettext as _

from zhike.core.customfields.models import CustomValue
from zhike.core.entities import Field, FieldKind
from zhike.core.lists.columns import Column

EXACT_TO = 10_000
_ROWS = re.compile(r"\brows=(\d+)")
_DIGITS_KEPT = 2


@dataclass(frozen=True)
class Total:
    """A number of rows; rounded to two digits where it is not exact."""

    value: int
    exact: bool

    def __str__(self) -> str:
        number = f"{self.value:,}"  # Django would group Chinese numbers by four digits
        return number if self.exact else _("about %(number)s") % {"number": number}


def count(rows: QuerySet[Any], *, is_whole: bool = False) -> Total:
    """The number of rows, in bounded time; `is_whole` when nothing narrows them."""
    by_planner = connections[rows.db].vendor == "postgresql"
    # SQLite can only estimate by looking at rows again, which pays for rows found without gathering them first.
    bound = EXACT_TO if by_planner or is_whole else 10 * EXACT_TO
    found = rows.order_by().values("pk")[: bound + 1].count()
    if found <= bound:
        return Total(found, exact=True)
    estimate = _by_planner if by_planner else _by_density
    return Total(max(_rounded(estimate(rows)), bound), exact=False)


def _by_planner(rows: QuerySet[Any]) -> int:
    found = _ROWS.search(rows.order_by().values("pk").explain())
    return int(found[1]) if found else 0


def _by_density(rows: QuerySet[Any]) -> int:
    """From the ids among which the first rows lie. SQLite keeps no statistics that would tell more."""
    first = rows.order_by("pk").values("pk")[:EXACT_TO].aggregate(low=Min("pk"), high=Max("pk"), found=Count("pk"))
    last = rows.model._default_manager.aggregate(last=Max("pk"))["last"]
    if not first["found"]:
        return 0
    density = first["found"] / (first["high"] - first["low"] + 1)
    return int((last - first["low"] + 1) * density)


def _rounded(number: int) -> int:
    step = int(10 ** max(len(str(number)) - _DIGITS_KEPT, 0))
    return round(number / step) * step


def sums(rows: QuerySet[Any], columns: Iterable[Column]) -> dict[str, Decimal]:
    """The sum of each number column, money in company currency; columns of which no row has a value are zero."""
    wanted = {
        column.name: column.field for column in columns if column.is_number and column.kind is not FieldKind.PERCENT
    }
    custom = {name: _custom_sum(rows, field) for name, field in wanted.items() if field.custom is not None}
    paths = {name: field.sort_path for name, field in wanted.items() if field.custom is None}
    if not paths:
        return custom
    found = rows.order_by().aggregate(**{f"sum_{name}": exact_sum(rows.model, path) for name, path in paths.items()})
    return custom | {name: _scaled(rows.model, path, found[f"sum_{name}"]) for name, path in paths.items()}


def _custom_sum(rows: QuerySet[Any], field: Field) -> Decimal:
    """Of a custom number, where its values are kept for lists; zero where they are not."""
    if field.custom is None or not field.custom.is_ready:
        return Decimal(0)
    values = CustomValue.objects.filter(field=field.custom.id, record_id__in=rows.order_by().values("pk"))
    places = field.decimal_places or 0
    units = values.aggregate(units=_units("number", places))["units"]
    return Decimal(units or 0).scaleb(-places)


def grouped(rows: QuerySet[Any], by: str, sum_path: str = "") -> dict[Any, tuple[int, Decimal | None]]:
    """Count and exact sum of the rows of each value of a column, in one statement; without `sum_path` no sums."""
    units = {"units": exact_sum(rows.model, sum_path)} if sum_path else {}
    found = rows.order_by().values(by).annotate(rows_found=Count("pk"), **units)
    return {
        each[by]: (each["rows_found"], _scaled(rows.model, sum_path, each["units"]) if sum_path else None)
        for each in found
    }


def exact_sum(model: Any, path: str) -> Sum:
    """The sum of a number column as a whole number of its smallest units: SQLite would add decimals as floats."""
    return _units(path, _places(model, path))


def _units(path: str, places: int) -> Sum:
    if not places:
        return Sum(Cast(F(path), BigIntegerField()))
    units = ExpressionWrapper(F(path) * 10**places, output_field=DecimalField(max_digits=40, decimal_places=0))
    return Sum(Cast(Round(units), BigIntegerField()))


def _scaled(model: Any, path: str, units: int | None) -> Decimal:
    return Decimal(units or 0).scaleb(-_places(model, path))


def _places(model: Any, path: str) -> int:
    return int(getattr(model._meta.get_field(path), "decimal_places", 0) or 0)
