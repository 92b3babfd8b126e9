"""Whether this installation is sound: what `zhike check`, `migrate` and `serve` ask, answered in sentences."""

import os
import sqlite3
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from zhike.config.language import gettext as _

OLDEST_POSTGRES = 15
OLDEST_SQLITE = (3, 35)


def unapplied_migrations() -> list[str]:
    """The migrations that this version has and the database has not."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def engine_mistakes() -> list[str]:
    """What is wrong with the database server, in sentences."""
    return _postgres_mistakes() if connection.vendor == "postgresql" else _sqlite_mistakes()


def _sqlite_mistakes() -> list[str]:
    if sqlite3.sqlite_version_info >= OLDEST_SQLITE:
        return []
    return [_("SQLite is %(found)s; Zhike needs 3.35 or newer.") % {"found": sqlite3.sqlite_version}]


def _postgres_mistakes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        (version,) = cursor.fetchone()
        if version < OLDEST_POSTGRES:
            return [_("PostgreSQL is %(found)s; Zhike needs 15 or newer.") % {"found": version}]
        # The library's locale tells letters, or since 17 PostgreSQL's own (provider `b`), whose name has a new column.
        cursor.execute(
            "SELECT pg_encoding_to_char(encoding),"
            " CASE WHEN datlocprovider = 'b' THEN to_jsonb(d) ->> 'datlocale' ELSE datctype END"
            " FROM pg_database d WHERE datname = current_database()"
        )
        encoding, locale = cursor.fetchone()
    found = []
    remedy = "createdb --template=template0 --encoding=UTF8 --locale=C.UTF-8 zhike"
    if encoding != "UTF8":
        found.append(
            _("The database is encoded as %(found)s, Chinese needs UTF8. Make it with: %(remedy)s")
            % {"found": encoding, "remedy": remedy}
        )
    if str(locale).replace("-", "").lower() != "c.utf8":
        found.append(
            _("The database has the locale %(found)s and cannot tell Chinese letters. Make it with: %(remedy)s")
            % {"found": locale, "remedy": remedy}
        )
    return found


@cache
def bundle_path() -> Path:
    """Where the front end's bundle lies."""
    from zhike import core

    return Path(next(iter(core.__path__))) / "static" / "dist"


def _store_mistakes() -> list[str]:
    from zhike.core.files import store

    sentence = _("Files cannot be stored in %(folder)s (%(why)s). Give the folder to the user that Zhike runs as.")
    folder = Path(settings.DATA_DIR) / "files"
    return [sentence % {"folder": folder, "why": why} for why in store.mistakes()]


def folder_mistakes() -> list[str]:
    """What is wrong with the folders we write to and read from."""
    found = []
    folder = Path(settings.DATA_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        found.append(
            _("The folder %(folder)s cannot be written to (%(why)s). Set ZHIKE_DATA_DIR to one that can.")
            % {"folder": folder, "why": error.strerror}
        )
    else:
        found += _store_mistakes()
    if not any(bundle_path().glob("*.css")):
        found.append(_("The front end is not bundled, so pages have no style. Run `make frontend`."))
    return found
