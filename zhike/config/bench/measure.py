"""Running every case against product and floor in turn."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.db.models import QuerySet
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from zhike.config.bench import servers, workplace
from zhike.config.bench.cases import Callers, Case, Person, floor_cases, product_cases
from zhike.config.bench.generator import Say
from zhike.config.bench.load import Numbers, Timing, Unexpected, measure
from zhike.config.bench.servers import Server, running
from zhike.core.actors import Actor, Via
from zhike.core.search import pinyin
from zhike.customers.models import Customer
from zhike.identity.actions import issue_token_for_command
from zhike.identity.models import User

_PRODUCT_BACKEND = "zhike.identity.backends.PersonBackend"
_FLOOR_BACKEND = "django.contrib.auth.backends.ModelBackend"
_SIGN_IN = "/accounts/login/"
_PAGE = 50
_STARTS = 3
_CLIENTS = 8
_REPEATS = 30
# How often each case is sent to count its statements.
_COUNTED = 2
_BRACKETS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


@dataclass(frozen=True)
class Line:
    """One case of the report: medians over the rounds, the ratio taken within each round."""

    name: str
    against: str
    aim: float | None
    p50: float
    p95: float
    per_second: float
    ratio: float
    cpu: float
    cpu_ratio: float
    many_p50: float
    many_per_second: float
    statements: int | None
    kilobytes: float
    requests: int


@dataclass
class Pages:
    """What the servers gave."""

    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    memory: dict[str, int] = field(default_factory=dict)
    starts: dict[str, float] = field(default_factory=dict)
    bare: dict[str, float] = field(default_factory=dict)


def pages(rounds: int, seconds: float, say: Say) -> Pages:
    """Measure all pages and calls, memory and cold start."""
    found = Pages()
    who = _callers()
    cases = [*product_cases(who), *workplace.cases(who)]
    floors = floor_cases(_session_of("bench-admin", _FLOOR_BACKEND), who.admin.rows)
    found.bare = _bare_sql(who.deep_row)
    statements = _statements(cases)
    say("cold start")
    starts = min(rounds, _STARTS)
    found.starts = {
        "product": _start_time(servers.product_command, starts),
        "floor": _start_time(servers.floor_command, starts),
    }
    ports = servers.free_port(), servers.free_port()
    with (
        running(servers.product_command(ports[0]), ports[0], _SIGN_IN) as product,
        running(servers.floor_command(ports[1]), ports[1], "/rows/") as floor,
    ):
        race = _Race(product, floor, floors, cases, found.notes)
        race.run(rounds, seconds, say)
        found.memory = {"product": product.memory(), "floor": floor.memory()}
    found.lines = race.lines(statements)
    found.notes += _miscounted(race.cases, race, statements)
    return found


class _Race:
    """Every case in turn, each just after what it is set against, so that a slow moment falls on both."""

    def __init__(self, product: Server, floor: Server, floors: list[Case], cases: list[Case], notes: list[str]) -> None:
        self.cases = [*floors, *cases]
        self.by_name = {case.name: case for case in self.cases}
        self.server = {case.name: product for case in cases} | {case.name: floor for case in floors}
        self.notes = notes
        self.numbers = Numbers()
        self.one: dict[str, list[Timing]] = {case.name: [] for case in self.cases}
        self.yard: dict[str, list[Timing]] = {case.name: [] for case in self.cases}
        self.eight: dict[str, list[Timing]] = {case.name: [] for case in self.cases}
        self.sent: dict[str, int] = {}

    def run(self, rounds: int, seconds: float, say: Say) -> None:
        self.cases = [case for case in self.cases if self._answers(case)]
        for number in range(rounds):
            say(f"round {number + 1} of {rounds}")
            for case in self.cases:
                if case.name != case.against:
                    self.yard[case.name].append(self._measure(self.by_name[case.against], 1, seconds / 3))
                self.one[case.name].append(self._measure(case, 1, seconds))
        for number in range(max(1, rounds // 2)):
            say(f"{_CLIENTS} clients, round {number + 1}")
            for case in self.cases:
                self.eight[case.name].append(self._measure(case, _CLIENTS, seconds))

    def _answers(self, case: Case) -> bool:
        """Try a case once; one that fails is left out of the race and told."""
        try:
            self._measure(case, 1, 0.0)
        except Unexpected as unexpected:
            missing = case.optional and unexpected.status == 404
            self.notes.append(
                f"{case.name}: not in this version, left out." if missing else f"FAILED {case.name}: {unexpected}"
            )
            return False
        return True

    def _measure(self, case: Case, clients: int, seconds: float) -> Timing:
        before = self.numbers.next()
        timing = measure(self.server[case.name], case.make, self.numbers, clients=clients, seconds=seconds)
        self.sent[case.name] = self.sent.get(case.name, 0) + self.numbers.next() - before - 1
        return timing

    def lines(self, statements: Mapping[str, int]) -> list[Line]:
        return [self._line(case, statements.get(case.name)) for case in self.cases]

    def _line(self, case: Case, statements: int | None) -> Line:
        mine, many = self.one[case.name], self.eight[case.name]
        yard = self.yard[case.name] or mine
        # A yardstick shorter than a tick of the processor's clock says nothing for one round: their sum does.
        cpu_yard = _mean_cpu(yard)
        return Line(
            name=case.name,
            against=case.against,
            aim=case.aim,
            p50=statistics.median(each.p50 for each in mine),
            p95=statistics.median(each.p95 for each in mine),
            per_second=statistics.median(each.per_second for each in mine),
            ratio=statistics.median(each.p50 / floor.p50 for each, floor in zip(mine, yard, strict=True)),
            cpu=_mean_cpu(mine),
            cpu_ratio=_mean_cpu(mine) / cpu_yard if cpu_yard else 0.0,
            many_p50=statistics.median(each.p50 for each in many),
            many_per_second=statistics.median(each.per_second for each in many),
            statements=statements,
            kilobytes=mine[0].kilobytes,
            requests=sum(each.requests for each in mine),
        )


def _mean_cpu(timings: list[Timing]) -> float:
    return sum(each.cpu * each.requests for each in timings) / sum(each.requests for each in timings)


def _miscounted(cases: list[Case], race: _Race, statements: Mapping[str, int]) -> list[str]:
    """Cases that write, of which not every request left its row in the database."""
    found = []
    for case in cases:
        sent = race.sent.get(case.name, 0) + (_COUNTED if case.name in statements else 0)
        made = Customer.objects.filter(name__startswith=case.makes).count() if case.makes else sent
        if made != sent:
            found.append(f"FAILED {case.name}: {sent} requests left {made} rows.")
    return found


def _session_of(username: str, backend: str) -> dict[str, str]:
    """The cookie header of a fresh session, made past the sign-in page."""
    user = User.objects.get(username=username)
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = backend
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return {"Cookie": f"sessionid={store.session_key}"}


def _callers() -> Callers:
    """Who asks: the administrator, the head of one department, and the administrator's token."""
    secret = _get_new_csrf_string()
    admin = _session_of("bench-admin", _PRODUCT_BACKEND)
    admin["Cookie"] += f"; csrftoken={secret}"
    living = Customer.objects.filter(deleted_at__isnull=True)
    count = living.count()
    chosen = tuple(
        living.order_by("pk").values_list("pk", "name")[: 100 * max(1, count // 2_000) : max(1, count // 2_000)]
    )
    names = [name for _pk, name in chosen[:20]]
    return Callers(
        admin=Person(admin, _shown("bench-admin")),
        head=Person(_session_of("bench-0", _PRODUCT_BACKEND), _shown("bench-0")),
        token={"Authorization": f"Bearer {issue_token_for_command('bench-admin', 1)}"},
        form_token=secret,
        customers=chosen,
        # Two letters in the middle, those and a word that many have, the whole beginning; rare and common ones alike.
        fragments=tuple(
            (typed, typed[:2]) for name in names for typed in (name[2:4], f"{name[2:4]} {name[-6:-4]}", name[:4])
        ),
        pinyin=tuple(
            (typed, name[:2])
            for name in names
            for typed in (pinyin.initials(name[:4]), pinyin.sort_key(name[:4]).replace(" ", ""))
        ),
        deep_row=count // 2 // _PAGE * _PAGE,
    )


def _shown(username: str) -> int:
    """How many customers stand on the person's first page."""
    actor = Actor.of(User.objects.get(username=username), Via.PAGE)
    rows: QuerySet[Customer] = Customer.objects.visible_to(actor)
    return rows[:_PAGE].count()


def _start_time(command: Callable[[int], Sequence[str]], starts: int) -> float:
    """Seconds from nothing to the first answer: the median of some starts."""
    times = []
    for _number in range(starts):
        port = servers.free_port()
        with running(command(port), port, _SIGN_IN) as server:
            times.append(server.started_in)
    return statistics.median(times)


def _statements(cases: list[Case]) -> dict[str, int]:
    """SQL statements of each case, counted in this process; transaction brackets are no statements."""
    found: dict[str, int] = {}
    for case in cases:
        for number in range(-_COUNTED, 0):
            request = case.make(number)
            client = Client(headers={**request.headers, "Host": "127.0.0.1"}, raise_request_exception=False)
            kind = request.headers.get("Content-Type", "text/html")
            with CaptureQueriesContext(connection) as captured:
                if request.method == "GET":
                    client.get(request.path)
                else:
                    client.post(request.path, request.body, content_type=kind)
            # The first answer also reads the configuration; the last one counts.
            asked = [each["sql"] for each in captured.captured_queries]
            found[case.name] = sum(not sql.startswith(_BRACKETS) for sql in asked)
    return found


def _bare_sql(deep_row: int) -> dict[str, float]:
    """The median time in ms of what the database itself has to do, through Django's connection."""
    living = Customer.objects.filter(deleted_at__isnull=True)
    newest = living.order_by("-updated_at", "-id")
    one = living.filter(pk=living.values_list("pk", flat=True)[0])
    work: dict[str, Callable[[], object]] = {
        "list of 50": partial(_fetch, newest[:_PAGE]),
        f"list of 50 at row {deep_row:,}": partial(_fetch, newest[deep_row : deep_row + _PAGE]),
        "one record": partial(_fetch, one),
        "count": living.count,
        "insert, committed": _insert,
    }
    return {name: _median_ms(do) for name, do in work.items()}


def _median_ms(do: Callable[[], object]) -> float:
    times = []
    for _number in range(_REPEATS):
        began = time.perf_counter()
        do()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def _fetch(rows: QuerySet[Customer]) -> None:
    sql, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        cursor.fetchall()


def _insert() -> None:
    now = timezone.now()
    with transaction.atomic():
        Customer(name="bare", created_at=now, updated_at=now).save(force_insert=True)
