"""Imports as jobs and as commands: killed at any moment and started again, each row is there exactly once."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone, translation

from zhike.core.actors import Actor, Via
from zhike.core.events.models import Event
from zhike.core.external_keys import ExternalKey
from zhike.core.jobs import Job, JobState, enqueue, files
from zhike.core.jobs.worker import run_here, work_once
from zhike.core.transfer.jobs import IMPORT, ImportArguments
from zhike.core.transfer.readers import open_table
from zhike.core.transfer.report import Report
from zhike.customers.models import Customer
from zhike.identity.factories import Cast, cast

SYSTEM = Actor.system(Via.SHELL)


def uploaded(content: str) -> str:
    name = files.new_name("customers.csv")
    files.path_of(name).write_text(content)
    return name


def arguments(content: str, **changes: object) -> ImportArguments:
    given: dict[str, object] = {
        "upload": uploaded(content), "name": "客户.csv", "slug": "customers", "key": "{no}",
        "columns": {"name": "name", "level": "level", "employees": "staff"},
    } | changes  # fmt: skip
    return ImportArguments(**given)  # type: ignore[arg-type]  # the tests know the kinds


ROWS = "no,name,level,staff\n1,甲,key,5\n2,乙,gold,6\n3,丙,small,\n"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.mark.django_db
def test_a_job_reports_and_gives_failed_rows_back(people: Cast) -> None:
    job = run_here(people.actor("dan"), IMPORT, arguments(ROWS))
    assert (job.state, job.done, job.total, job.error) == (JobState.DONE, 3, 3, "")
    step = Report.from_json(job.report).steps[0]
    assert (step.counts["created"], step.counts["failed"], step.source) == (2, 1, "客户.csv")
    assert step.unknown_values[0].value == "gold"
    given_back = open_table(files.path_of(job.result_file))
    assert [row.cells[:4] for row in given_back.rows()] == [("2", "乙", "gold", "6")]
    assert job.result_name.startswith("客户")
    assert not list(files.folder().glob("import-*"))
    event = Event.objects.filter(entity="customers").latest("pk")
    assert (event.actor, event.via, event.batch_id) == (people.dan, "import", f"job-{job.pk}")


@pytest.mark.django_db
def test_aliases_chosen_on_the_page_settle_unknown_values(people: Cast) -> None:
    job = run_here(people.actor("dan"), IMPORT, arguments(ROWS, aliases={"level": {"gold": "important"}}))
    assert Report.from_json(job.report).steps[0].counts["created"] == 3
    assert (Customer.objects.get(name="乙").level, job.result_file) == ("important", "")


@pytest.mark.django_db
def test_a_trial_writes_nothing_and_keeps_the_upload_for_the_real_run(people: Cast) -> None:
    tried = arguments(ROWS, dry_run=True)
    job = run_here(people.actor("dan"), IMPORT, tried)
    assert Report.from_json(job.report).steps[0].counts == {
        "created": 2, "updated": 0, "unchanged": 0, "skipped": 0, "failed": 1,
    }  # fmt: skip
    assert not Customer.objects.exists()
    assert not ExternalKey.objects.exists()
    assert files.path_of(tried.upload).exists()


@pytest.mark.django_db
def test_a_file_that_cannot_be_read_fails_the_job_with_its_sentence(people: Cast) -> None:
    with translation.override("en"):
        people.dan.language = "en"
        people.dan.save()
        job = run_here(people.actor("dan"), IMPORT, arguments('no,name,level,staff\n1,"甲,key,5\n'))
    assert job.state == JobState.FAILED
    assert job.error == "Row 2: a quotation mark is opened and never closed, so the rows below cannot be told apart."


@pytest.mark.django_db
def test_who_may_not_import_cannot_ask_for_it(people: Cast) -> None:
    from zhike.core.writes import NotAllowed

    with pytest.raises(NotAllowed):
        enqueue(people.actor("ana"), IMPORT, arguments(ROWS))


# Killed ---------------------------------------------------------------------------------------------------------------

HEAD = '[plan]\nname = "many"\nsystem = "many"\n[[step]]\nfile = "rows.csv"\nentity = "customers"\nkey = "{no}"\n'
PLAN = HEAD + 'columns = {name = "name", employees = "staff", parent = "of"}\n'
COMMAND = (
    "import django; django.setup(); from argparse import Namespace; from pathlib import Path; import sys; "
    "from zhike.core.transfer.command import main; print('ready', flush=True); "
    "sys.exit(main(Namespace(plan=Path(sys.argv[1]), dry_run=False, user='')))"
)
WORKER = (
    "import django; django.setup(); from threading import Event; from zhike.core.jobs.worker import work; "
    "print('ready', flush=True); work(('long',), Event())"
)


def rows_of(count: int) -> str:
    lines = [
        f"{number},公司{number},{number % 50},{f'公司{number + 7}' if number % 10 == 0 else ''}"
        for number in range(count)
    ]
    # The last ones name nobody.
    return "no,name,staff,of\n" + "\n".join(
        line if index < count - 10 else line.rpartition(",")[0] + "," for index, line in enumerate(lines)
    )


def started(code: str, environment: Mapping[str, str], *words: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words],
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", process.communicate()
    return process


def wait_for(holds: Callable[[], bool], process: "subprocess.Popen[str]") -> bool:
    deadline = time.monotonic() + 900
    while not holds():
        assert time.monotonic() < deadline, "it never came"
        if process.poll() is not None:
            return False
        time.sleep(0.005)
    return True


def check_exactly(count: int) -> None:
    """Every row once: record, key, event of creation; parents connected."""
    assert Customer.objects.count() == count
    assert Customer.objects.values("name").distinct().count() == count
    assert ExternalKey.objects.filter(system="many").values("record_id").distinct().count() == count
    assert Event.objects.filter(entity="customers", verb="create").count() == count
    named = [number for number in range(count - 10) if number % 10 == 0]
    parents = dict(Customer.objects.exclude(parent=None).values_list("name", "parent__name"))
    assert parents == {f"公司{number}": f"公司{number + 7}" for number in named}


def kill_the_command(folder: Path, environment: Mapping[str, str], count: int, kills: int) -> None:
    (folder / "rows.csv").write_text(rows_of(count))
    (folder / "plan.toml").write_text(PLAN)
    chance = random.Random(11)
    for number in range(kills):
        process = started(COMMAND, environment, str(folder / "plan.toml"))
        wanted = count * number // kills
        if wait_for(lambda wanted=wanted: Customer.objects.count() > wanted, process):  # type: ignore[misc]  # bound early
            time.sleep(chance.random() * 0.03)
            process.send_signal(signal.SIGKILL)
        process.communicate()
    process = started(COMMAND, environment, str(folder / "plan.toml"))
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors
    assert "customers" in output
    check_exactly(count)


@pytest.mark.file
@pytest.mark.serial("crash")
@pytest.mark.django_db(transaction=True)
def test_a_command_killed_in_the_middle_and_started_again_ends_with_every_row_once(
    tmp_path: Path, child_environment: dict[str, str]
) -> None:
    kill_the_command(tmp_path, child_environment, 3_000, 3)


@pytest.mark.long
@pytest.mark.file
@pytest.mark.serial("crash")
@pytest.mark.django_db(transaction=True)
def test_a_command_killed_in_the_middle_of_100000_rows_ends_with_every_row_once(
    tmp_path: Path, child_environment: dict[str, str]
) -> None:
    kill_the_command(tmp_path, child_environment, 100_000, 5)


@pytest.mark.file
@pytest.mark.serial("crash")
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_an_import_is_followed_by_another(child_environment: dict[str, str]) -> None:
    kill_the_worker(child_environment, 3_000, 3)


@pytest.mark.long
@pytest.mark.file
@pytest.mark.serial("crash")
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_100000_rows_is_followed_by_another(child_environment: dict[str, str]) -> None:
    kill_the_worker(child_environment, 100_000, 8)


def kill_the_worker(child_environment: dict[str, str], count: int, kills: int) -> None:
    rows = rows_of(count) + "\n0,twice,1,\n,nokey,1,\n"
    given = arguments(rows, columns={"name": "name", "employees": "staff", "parent": "of"}, system="many")
    child_environment["ZHIKE_DATA_DIR"] = str(files.folder().parents[1])
    job = enqueue(SYSTEM, IMPORT, given)
    chance = random.Random(5)
    for number in range(kills):
        process = started(WORKER, child_environment)
        wanted = count * number // kills
        wait_for(lambda wanted=wanted: Job.objects.get(pk=job.pk).done > wanted, process)  # type: ignore[misc]  # bound early
        time.sleep(chance.random() * 0.03)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        Job.objects.filter(pk=job.pk, state="running").update(lease_until=timezone.now() - timedelta(seconds=1))
    process = started(WORKER, child_environment)
    try:
        wait_for(lambda: Job.objects.get(pk=job.pk).state not in ("queued", "running"), process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate()
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    check_exactly(count)
    step = Report.from_json(job.report).steps[0]
    assert step.counts == {"created": count, "updated": 0, "unchanged": 0, "skipped": 1, "failed": 1}
    assert job.done == count + 2
    # What was noted before a kill and after it is given back once.
    assert [row.cells[1] for row in open_table(files.path_of(job.result_file)).rows()] == ["nokey"]


@pytest.mark.django_db
def test_a_job_killed_after_its_last_row_is_not_taken_for_a_failure(people: Cast) -> None:
    job = run_here(people.actor("dan"), IMPORT, arguments(ROWS))
    Job.objects.filter(pk=job.pk).update(state="queued", finished_at=None)
    assert work_once(("long",))
    job.refresh_from_db()
    assert (job.state, job.error, Customer.objects.count()) == ("done", "", 2)
    assert files.path_of(job.result_file).exists()
