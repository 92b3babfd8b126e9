"""A database of an earlier version becomes one of this version: nothing is lost, and people work on with it."""

import gzip
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

DUMPS = sorted((Path(__file__).parent / "data" / "upgrades").glob("*.sqlite3.gz"))
pytestmark = pytest.mark.sqlite
_KEPT = (
    "customers_customer",
    "customers_contact",
    "sales_opportunity",
    "sales_opportunityline",
    "core_event",
    "core_statechange",
)
# Run in the migrated database: what its people find.
_LOOK = """
import django
django.setup()
from django.test import Client
from zhike.identity.models import User
from zhike.sales.models import Opportunity
person = User.objects.get(username="chen.siyuan")
client = Client(headers={"host": "127.0.0.1"})
client.force_login(person, backend="zhike.identity.backends.PersonBackend")
mine = Opportunity.objects.filter(owner=person).order_by("pk").first()
addresses = ("/", "/customers/", "/opportunities/?display=board", "/leads/", "/tasks/", "/calendar/", f"/opportunities/{mine.pk}/")
for address in addresses:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
note = {"about": f"opportunities:{mine.pk}", "kind": "call", "content": "again in touch"}
answer = client.post(f"/activities/log/?about={note['about']}", note)
assert answer.status_code in (200, 204, 302), answer.status_code
mine.refresh_from_db()
assert mine.last_contact_at is not None
print("looked")
"""


@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.name)
def test_an_earlier_database_is_migrated_and_people_work_on_with_it(dump: Path, tmp_path: Path) -> None:
    database = tmp_path / "zhike.sqlite3"
    with gzip.open(dump) as packed, database.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    before = _counts(database)
    environment = {**os.environ, "ZHIKE_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "zhike.config.settings"}
    environment.pop("ZHIKE_DATABASE_URL", None)
    _run([str(Path(sys.executable).with_name("zhike")), "migrate"], environment)
    assert _counts(database) == before
    assert "looked" in _run([sys.executable, "-c", _LOOK], environment)


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def _counts(database: Path) -> dict[str, int]:
    with sqlite3.connect(database) as connection:
        return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in _KEPT}  # noqa: S608
