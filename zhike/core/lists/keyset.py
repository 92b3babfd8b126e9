"""Finding one's place in a list again: comparison of rows, and the cursors that carry a place through a link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import signing
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Expression, F, Value
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import gettext as _

from zhike.core.lists.errors import ListError

_SALT = "zhike.lists.cursor"
MAX_CURSOR = 4_000


class RowAfter(Expression):
    """`(a, b) > (value of a, value of b)`, or `<`: true where the row stands behind that place."""

    conditional = True

    def __init__(
        self, columns: Sequence[str], fields: Sequence[models.Field[Any, Any]], values: Sequence[Any], descending: bool
    ) -> None:
        super().__init__(output_field=BooleanField())
        self.columns: list[Any] = [F(column) for column in columns]
        self.places: list[Any] = [Value(value, output_field=each) for value, each in zip(values, fields, strict=True)]
        self.sign = "<" if descending else ">"

    def get_source_expressions(self) -> list[Any]:
        return [*self.columns, *self.places]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        middle = len(self.columns)
        self.columns, self.places = list(exprs[:middle]), list(exprs[middle:])

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG002 - Django's signature
        parts = [compiler.compile(each) for each in self.get_source_expressions()]
        middle = len(self.columns)
        left, right = (", ".join(sql for sql, _parameters in side) for side in (parts[:middle], parts[middle:]))
        return f"({left}) {self.sign} ({right})", tuple(value for _sql, values in parts for value in values)


def pack(list_name: str, sort: str, blank: bool, values: Sequence[str | int | bool | None]) -> str:
    """A signed cursor to the place behind (or before) the row with these key values."""
    return signing.Signer(salt=_SALT).sign_object([list_name, sort, int(blank), list(values)])


def unpack(cursor: str, list_name: str, sort: str, parameter: str) -> tuple[bool, list[Any]]:
    """The segment and key values of a cursor. Raises `ListError` for one that is damaged or from another list or order."""
    try:
        if len(cursor) > MAX_CURSOR:
            raise signing.BadSignature
        found_name, found_sort, blank, values = signing.Signer(salt=_SALT).unsign_object(cursor)
        if (found_name, found_sort) != (list_name, sort):
            raise signing.BadSignature
    except (signing.BadSignature, ValueError):
        raise ListError(
            _("This place in the list cannot be found again. Start from the first page."), parameter
        ) from None
    return bool(blank), values
