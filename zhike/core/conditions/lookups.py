"""Comparisons that Django does not have alike on SQLite and PostgreSQL."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

_Sql = tuple[str, tuple[Any, ...]]


class TextMatch(models.Lookup):
    """`column LIKE pattern`, blind to the case of ASCII letters and of no others, as SQLite has it.

    PostgreSQL's ILIKE does the same under the collation "C"; under others it would fold É as well.
    """

    lookup_name = "text_match"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> _Sql:
        left, left_parameters = self.process_lhs(compiler, connection)
        return f"{left} LIKE %s ESCAPE '\\'", (*left_parameters, self.rhs)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> _Sql:
        left, left_parameters = self.process_lhs(compiler, connection)
        return f'{left} COLLATE "C" ILIKE %s', (*left_parameters, self.rhs)


class ListHas(models.Lookup):
    """The JSON list in a column has this very word."""

    lookup_name = "list_has"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> _Sql:
        left, left_parameters = self.process_lhs(compiler, connection)
        words = f"SELECT 1 FROM json_each({left}) AS word WHERE word.type = 'text' AND word.value = %s"  # noqa: S608 - a column
        return f"EXISTS ({words})", (*left_parameters, self.rhs)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> _Sql:
        left, left_parameters = self.process_lhs(compiler, connection)
        return f"{left} @> jsonb_build_array(%s::text)", (*left_parameters, self.rhs)


def contains_pattern(text: str) -> str:
    """The LIKE pattern of texts that contain `text`."""
    return f"%{_escaped(text)}%"


def starts_pattern(text: str) -> str:
    """The LIKE pattern of texts that start with `text`."""
    return f"{_escaped(text)}%"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
