"""Tokens of the search index: FTS5 on SQLite, two tsvector columns with GIN indexes on PostgreSQL."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# detail=column and columnsize=0: we never ask for phrases or bm25, so positions and sizes need not be stored.
_SQLITE = (
    """
    CREATE VIRTUAL TABLE core_searchtokens USING fts5(
        open, guarded, tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co Cn'", detail=column, columnsize=0
    )
    """,
    """
    CREATE TRIGGER core_searchentry_gone AFTER DELETE ON core_searchentry
    BEGIN DELETE FROM core_searchtokens WHERE rowid = old.id; END
    """,
)
_SQLITE_BACK = ("DROP TRIGGER core_searchentry_gone", "DROP TABLE core_searchtokens")
# New tokens wait in a list that every search reads whole; 256 kB of it cost nothing, the default of 4 MB cost 60 ms.
_POSTGRESQL = (
    """
    ALTER TABLE core_searchentry
        ADD COLUMN open tsvector NOT NULL DEFAULT '', ADD COLUMN guarded tsvector NOT NULL DEFAULT ''
    """,
    "CREATE INDEX core_searchentry_open ON core_searchentry USING gin (open) WITH (gin_pending_list_limit = 256)",
    "CREATE INDEX core_searchentry_guarded ON core_searchentry USING gin (guarded) WITH (gin_pending_list_limit = 256)",
)
_POSTGRESQL_BACK = ("ALTER TABLE core_searchentry DROP COLUMN open, DROP COLUMN guarded",)


def _make(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the tokens of this database."""
    for statement in _SQLITE if schema_editor.connection.vendor == "sqlite" else _POSTGRESQL:
        schema_editor.execute(statement)


def _unmake(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Remove them again."""
    for statement in _SQLITE_BACK if schema_editor.connection.vendor == "sqlite" else _POSTGRESQL_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [migrations.RunPython(_make, _unmake)]
