"""CONTRIBUTING.md's worked example, built as it stands and used: page, API, rule and search."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_FILE = re.compile(r"^`(gifts/\w+\.py)`.*?```python\n(.*?)```", re.MULTILINE | re.DOTALL)

# Runs in a process of its own, since the registry is frozen once Django has started.
USE = """
import django
django.setup()
from decimal import Decimal
from django.test import Client
from gifts.models import Gift
from zhike.core import writes
from zhike.core.actors import Actor, Via
from zhike.customers.models import Customer
from zhike.identity.factories import cast, give_token

people = cast()
admin = Actor.of(people.admin, Via.PAGE)
customer = writes.create(admin, Customer(name="浦发银行", owner=people.ana))
gift = writes.create(admin, Gift(name="茶叶", customer=customer, worth=Decimal(300)))
gift.refresh_from_db()
assert gift.worth_base == Decimal("300.00") and gift.given_on and gift.reach_owner_id == people.ana.pk
try:
    writes.create(admin, Gift(name="金条", customer=customer, worth=Decimal(5000)))
except writes.RuleBroken as refused:
    assert "at most 500" in refused.sentence
else:
    raise SystemExit("the rule did not hold")
client = Client()
client.force_login(people.admin)
page = client.get("/gifts/")
assert page.status_code == 200 and "茶叶" in page.content.decode(), page.status_code
assert "茶叶" in client.get(f"/customers/{customer.pk}/?tab=gifts").content.decode()
client.force_login(people.cyd)
assert "茶叶" not in client.get("/gifts/").content.decode()
headers = {"Authorization": f"Bearer {give_token(people.admin).text}"}
answer = Client().get("/api/v1/gifts?q=茶叶", headers=headers)
assert answer.status_code == 200 and answer.json()["items"][0]["name"] == "茶叶", answer.content
print("gifts work")
"""


def run(arguments: list[str], environment: dict[str, str], folder: Path) -> str:
    done = subprocess.run(
        arguments, env=environment, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.sqlite
def test_the_worked_example_of_contributing_works(tmp_path: Path) -> None:
    files = _FILE.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert [name for name, _text in files] == [
        "gifts/models.py",
        "gifts/rules.py",
        "gifts/entities.py",
        "gifts/factories.py",
    ]
    (tmp_path / "gifts").mkdir()
    (tmp_path / "gifts" / "__init__.py").touch()
    for name, text in files:
        (tmp_path / name).write_text(text, encoding="utf-8")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ZHIKE_")},
        "DJANGO_SETTINGS_MODULE": "zhike.config.settings",
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
        "ZHIKE_DATA_DIR": str(tmp_path / "var"),
        "ZHIKE_DATABASE_URL": "",
        "ZHIKE_EXTRA_APPS": "gifts",
        "ZHIKE_HOSTS": "testserver",
    }
    run([sys.executable, "-m", "django", "makemigrations", "gifts", "-n", "initial"], environment, tmp_path)
    run([str(Path(sys.executable).with_name("zhike")), "migrate"], environment, tmp_path)
    assert "gifts work" in run([sys.executable, "-c", USE], environment, tmp_path)
    battery = ["-q", "-p", "no:xdist", "-p", "no:cacheprovider", "tests/test_every_entity.py", "-k", "gifts"]
    assert " passed" in run([sys.executable, "-m", "pytest", *battery], environment, ROOT)


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "README.md"])
def test_the_guides_name_only_make_targets_that_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)`", (ROOT / name).read_text(encoding="utf-8")))
    assert named <= targets
