"""One database, measured in a process of its own: `python -m zhike.config.bench.once RESULT OPTIONS`.

The environment names the database (`ZHIKE_DATABASE_URL`); RESULT is the file that `report` reads.
"""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Options:
    """How much is measured: `seconds` per case and round."""

    scale: float
    seconds: float
    rounds: int


def main(result: Path, options: Options) -> int:
    """Measure; 0, or 1 after a sentence."""
    import django

    django.setup()
    from django.core.management import call_command

    from zhike.config.bench import company, generator, measure, rows

    call_command("migrate", verbosity=0)
    try:
        company.claim(options.scale, _say)
    except company.NotOurs as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    with company.restored():
        pages = measure.pages(options.rounds, options.seconds, _say)
        rates = rows.rates(options.scale, min(options.rounds, 3), _say)
    generator.tidy()
    found: dict[str, Any] = asdict(pages) | {
        "rates": [asdict(rate) for rate in rates],
        "database": _database(),
        "megabytes": company.size_in_mb(),
    }
    result.write_text(json.dumps(found), encoding="utf-8")
    return 0


def _database() -> str:
    import sqlite3

    from django.db import connection

    if connection.vendor != "postgresql":
        return f"SQLite {sqlite3.sqlite_version}"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}"


def _say(sentence: str) -> None:
    sys.stdout.write(f"  {sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), Options(**json.loads(sys.argv[2]))))
