"""A process that is killed while it converts a lead leaves all of it or nothing."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite

# Converts the only lead; dies by SIGKILL after the named step. "none" lives.
_CONVERT = """
import os, signal, sys
import django
django.setup()
from zhike.core.actors import Actor, Via
from zhike.customers.models import Lead
from zhike.identity.models import User
from zhike.sales import actions
from zhike.sales.conversion import carrying, steps

def dies_after(module, name):
    work = getattr(module, name)
    def last(*args, **kwargs):
        work(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(module, name, last)

if sys.argv[1] != "none":
    dies_after(carrying if sys.argv[1] == "hand_over" else steps, sys.argv[1])
actor = Actor.of(User.objects.get(username="killer"), Via.SHELL)
actions.convert_lead(actor, Lead.objects.get(), customer_mode="new", contact_mode="new", opportunity_mode="new")
"""
_PREPARE = """
import django
django.setup()
from zhike.activities.models import Activity
from zhike.core import writes
from zhike.core.actors import Actor, Via
from zhike.core.record_keys import key_of
from zhike.customers.models import Lead
from zhike.identity.models import User
actor = Actor.of(User.objects.get(username="killer"), Via.SHELL)
lead = writes.create(actor, Lead(name="王小明", company_name="浦江机械", mobile="138 0013 8000", owner=actor.user))
writes.create(actor, Activity(about=key_of(lead), kind="call", content="谈过一次", owner=actor.user))
"""
_STEPS = ("hold_lead", "customer_for", "contact_for", "opportunity_for", "hand_over", "close_lead")


def _run(tmp_path: Path, *command: str) -> int:
    environment = {**os.environ, "ZHIKE_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "zhike.config.settings"}
    environment.pop("ZHIKE_DATABASE_URL", None)
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode


def _state(tmp_path: Path) -> tuple[int, int, int, str, str]:
    with sqlite3.connect(tmp_path / "zhike.sqlite3") as connection:
        counts = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - our names
            for table in ("customers_customer", "customers_contact", "sales_opportunity")
        ]
        status = connection.execute("SELECT status FROM customers_lead").fetchone()[0]
        about = connection.execute("SELECT about FROM activities_activity").fetchone()[0]
    return (*counts, status, about.partition(":")[0])


def test_a_conversion_that_is_killed_at_any_step_has_not_happened_and_can_be_done_again(tmp_path: Path) -> None:
    zhike = str(Path(sys.executable).with_name("zhike"))
    assert _run(tmp_path, zhike, "migrate") == 0
    assert _run(tmp_path, zhike, "admin", "killer") == 0
    assert _run(tmp_path, sys.executable, "-c", _PREPARE) == 0
    before = _state(tmp_path)
    assert before == (0, 0, 0, "new", "leads")
    for step in _STEPS:
        assert _run(tmp_path, sys.executable, "-c", _CONVERT, step) == -signal.SIGKILL, step
        assert _state(tmp_path) == before, step
    assert _run(tmp_path, sys.executable, "-c", _CONVERT, "none") == 0
    assert _state(tmp_path) == (1, 1, 1, "converted", "opportunities")
