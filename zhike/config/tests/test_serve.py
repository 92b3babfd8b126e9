"""`zhike serve`, started and ended as people do it."""

import http.client
import os
import signal
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import pytest
from django.db import connection, transaction

from zhike.config.tests.servers import Server, free_port, is_alive, run, serving
from zhike.core.actors import Actor, Via
from zhike.core.jobs import Job, NoArguments, enqueue
from zhike.core.jobs.housekeeping import CLEAN_UP
from zhike.core.models import Event, ScheduledSlot
from zhike.customers.models import Customer
from zhike.identity.factories import UserFactory, give_role, give_token

pytestmark = [pytest.mark.file, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def soon(holds: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def seller() -> str:
    """A token of somebody who may create customers."""
    user = UserFactory.create()
    give_role(user, "administrator")
    return give_token(user).text


def sentences(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


@pytest.mark.sqlite  # how processes begin and end has nothing to do with the database
def test_it_serves_works_and_ends_with_all_its_children(child_environment: Mapping[str, str], tmp_path: Path) -> None:
    job = enqueue(Actor.system(Via.SHELL), CLEAN_UP, NoArguments())
    with serving(child_environment, tmp_path) as server:
        assert server.ask("/healthz").text == "alive\n"
        assert server.ask("/readyz").text == "ready\n"
        assert "zhike_process_memory_bytes" in server.ask("/metrics").text
        assert server.ask("/accounts/login/").status == 200
        printed = server.printed()
        assert f"http://127.0.0.1:{server.port}/" in printed
        assert "one-time code" in printed
        assert soon(lambda: Job.objects.get(pk=job.pk).state == "done")
        assert soon(lambda: ScheduledSlot.objects.filter(name="core.clean_up").exists())
        children = server.children()
        assert len(children) >= 4
        assert server.stop() == 0
        assert soon(lambda: not any(is_alive(pid) for pid in children), 5)
        assert sentences(server.printed())[-1] == "Zhike has stopped."
    assert "Traceback" not in server.printed()
    assert "ERROR" not in server.printed()


@pytest.mark.sqlite
def test_a_part_that_is_killed_starts_again(child_environment: Mapping[str, str], tmp_path: Path) -> None:
    with serving(child_environment, tmp_path) as server:
        before = set(server.children())
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        server.wait_until_up()
        assert soon(lambda: len(set(server.children()) - before) >= 4)
        assert "starts again" in server.printed()
        assert server.stop() == 0


@pytest.mark.sqlite
def test_when_the_parent_is_killed_nobody_stays_behind(child_environment: Mapping[str, str], tmp_path: Path) -> None:
    with serving(child_environment, tmp_path) as server:
        children = server.children()
        server.process.kill()
        server.process.wait()
        assert soon(lambda: not any(is_alive(pid) for pid in children))


def test_a_request_under_way_is_answered_before_it_ends(child_environment: Mapping[str, str], tmp_path: Path) -> None:
    token = seller()
    taken, give = Flag(), Flag()

    def hold_the_table() -> None:
        """Let nobody write for a while."""
        try:
            with transaction.atomic():
                if connection.vendor == "postgresql":
                    with connection.cursor() as cursor:
                        cursor.execute("LOCK TABLE customers_customer IN EXCLUSIVE MODE")
                taken.set()
                give.wait(60)
        finally:
            connection.close()

    answers: list[int] = []
    with serving(child_environment, tmp_path) as server:
        holder = Thread(target=hold_the_table)
        holder.start()
        assert taken.wait(30)
        asker = Thread(
            target=lambda: answers.append(server.ask("/api/v1/customers", {"name": "Late"}, token=token).status)
        )
        asker.start()
        time.sleep(1)  # long enough to be on its way
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert answers == []
        give.set()
        holder.join()
        asker.join()
        assert server.process.wait(timeout=40) == 0
    assert answers == [201]
    assert Customer.objects.filter(name="Late").count() == 1


@pytest.mark.sqlite
def test_a_port_that_is_taken_is_told_in_one_sentence(child_environment: Mapping[str, str]) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as a server that would share it
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        refused = run(child_environment, "serve", "--port", port)
    assert refused.returncode == 1
    (sentence,) = sentences(refused.stderr)
    assert port in sentence
    assert "--port" in sentence


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({}, "ZHIKE_FAST_PASSWORDS"),
        ({"ZHIKE_FAST_PASSWORDS": "0"}, "ZHIKE_HOSTS"),
        ({"ZHIKE_FAST_PASSWORDS": "0", "ZHIKE_HOSTS": "*"}, "ZHIKE_HOSTS"),
        ({"ZHIKE_FAST_PASSWORDS": "0", "ZHIKE_HOSTS": "crm.example.com"}, "ZHIKE_BASE_URL"),
        ({"ZHIKE_FAST_PASSWORDS": "0", "ZHIKE_HOSTS": "crm.example.com", "ZHIKE_DEBUG": "1"}, "ZHIKE_DEBUG"),
    ],
)
def test_other_machines_are_let_in_with_safe_settings_only(
    child_environment: Mapping[str, str], environment: Mapping[str, str], word: str
) -> None:
    refused = run({**child_environment, **environment}, "serve", "--host", "0.0.0.0", "--port", str(free_port()))  # noqa: S104 - the point of it
    assert refused.returncode == 1
    assert word in sentences(refused.stderr)[-1]


@pytest.mark.sqlite
def test_safe_settings_open_it(child_environment: Mapping[str, str], tmp_path: Path) -> None:
    safe = {
        "ZHIKE_FAST_PASSWORDS": "0",
        "ZHIKE_HOSTS": "crm.example.com",
        "ZHIKE_BASE_URL": "https://crm.example.com",
    }
    with serving({**child_environment, **safe}, tmp_path, "--host", "0.0.0.0", "--only", "web") as server:  # noqa: S104 - the point of it
        assert server.ask("/accounts/login/", headers={"Host": "crm.example.com"}).status == 200
        assert server.ask("/accounts/login/", headers={"Host": "evil.example.com"}).status == 400
        assert len(server.children()) == 2  # granian and its one process


@pytest.mark.sqlite
def test_it_says_what_to_do_when_the_tables_are_missing(child_environment: Mapping[str, str], tmp_path: Path) -> None:
    empty = {**child_environment, "ZHIKE_DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3"}
    refused = run(empty, "serve", "--port", str(free_port()))
    assert refused.returncode == 1
    assert sentences(refused.stderr) == ["The database has to be migrated first. Run `zhike migrate`."]


def ask_in_parallel(server: Server, token: str, clients: int, each: int) -> list[tuple[int, str]]:
    """Let so many clients create and then edit customers at once; returns (status, text) of every answer."""
    answers: list[tuple[int, str]] = []

    def run_client(client: int) -> None:
        for number in range(each):
            made = server.ask("/api/v1/customers", {"name": f"Customer {client}-{number}"}, token=token)
            answers.append((made.status, made.text))
            if made.status == 201:
                path = f"/api/v1/customers/{made.json['id']}"
                edited = server.ask(path, {"address": f"Road {number}"}, token=token, method="PATCH")
                answers.append((edited.status, edited.text))

    threads = [Thread(target=run_client, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.serial("crash")
def test_eight_people_who_save_at_once_are_never_told_that_the_database_is_locked(
    child_environment: Mapping[str, str], tmp_path: Path
) -> None:
    token = seller()
    with serving(child_environment, tmp_path, "--workers", "2") as server:
        answers = ask_in_parallel(server, token, clients=8, each=12)
        assert server.stop() == 0
    assert [answer for answer in answers if answer[0] not in (200, 201)] == []
    assert Customer.objects.filter(name__startswith="Customer ", address__startswith="Road ").count() == 8 * 12
    assert "locked" not in server.printed()


def kill_under_load(environment: Mapping[str, str], folder: Path, kills: int) -> None:
    """Eight clients write while the server is killed again and again; what was acknowledged is there, once."""
    token, port = seller(), free_port()
    acknowledged: list[int] = []
    over = Flag()

    def write(client: int) -> None:
        number = 0
        while not over.is_set():
            number += 1
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            try:
                body = f'{{"name": "Load {client}-{number}"}}'
                link.request(
                    "POST", "/api/v1/customers", body,
                    {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
                )  # fmt: skip
                answer = link.getresponse()
                made = answer.read()
                if answer.status == 201:
                    acknowledged.append(int(made.split(b'"id":')[1].split(b",")[0]))
            except (OSError, http.client.HTTPException):
                over.wait(0.05)
            finally:
                link.close()

    threads = [Thread(target=write, args=(client,)) for client in range(8)]
    for thread in threads:
        thread.start()
    try:
        for _kill in range(kills):
            before = len(acknowledged)
            with serving(environment, folder, "--only", "web", port=port) as server:
                assert soon(lambda least=before: len(acknowledged) > least + 20)  # type: ignore[misc]  # bound early on purpose
                for pid in (server.process.pid, *server.children()):
                    os.kill(pid, signal.SIGKILL)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    stored = list(Customer.objects.values_list("pk", flat=True))
    assert len(acknowledged) == len(set(acknowledged))
    assert set(acknowledged) <= set(stored)
    names = list(Customer.objects.values_list("name", flat=True))
    assert len(names) == len(set(names))
    told = Event.objects.filter(entity="customers", verb="create").values_list("record_id", flat=True)
    assert sorted(told) == sorted(stored)  # neither half: no row without its event, no event without its row


@pytest.mark.serial("crash")
def test_killing_the_server_loses_nothing_that_was_acknowledged(
    child_environment: Mapping[str, str], tmp_path: Path
) -> None:
    kill_under_load(child_environment, tmp_path, kills=2)


@pytest.mark.serial("crash")
@pytest.mark.long
def test_a_hundred_kills_of_the_server_lose_nothing_that_was_acknowledged(
    child_environment: Mapping[str, str], tmp_path: Path
) -> None:
    kill_under_load(child_environment, tmp_path, kills=100)
