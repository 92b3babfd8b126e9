"""Import and export in rows per second, beside bare `bulk_create` of the same rows and columns."""

import csv
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from zhike.core.actors import Actor, Via
from zhike.core.entities import registry
from zhike.core.lists import ListQuery
from zhike.core.lists.reading import ordered
from zhike.core.transfer.exports import export_csv, export_workbook
from zhike.core.transfer.plans import run_plan
from zhike.core.transfer.report import Outcome
from zhike.customers.models import Customer
from zhike.identity.models import User

IMPORTED = 10_000
_BATCH = 500
_PLAN = """
[plan]
name = "bench {part}"
system = "bench {part}"
[[step]]
file = "customers.csv"
entity = "customers"
key = "{{key}}"
when = "create"
columns = {{name = "name", level = "level", phone = "phone", address = "address"}}
"""


@dataclass(frozen=True)
class Rate:
    """Rows per second, by the clock and by processor time of this process; `share` of bare bulk_create, where that is asked."""

    name: str
    rows: int
    per_second: float
    per_cpu_second: float
    aim: float
    share: float | None = None
    share_aim: float | None = None


def rates(scale: float, rounds: int, say: Callable[[str], None]) -> list[Rate]:
    """Measure both ways, import and bare insert in turn."""
    actor = Actor.of(User.objects.get(username="bench-admin"), Via.IMPORT)
    count = max(100, int(IMPORTED * min(scale, 1.0)))
    imported, bare = list[tuple[float, float]](), list[tuple[float, float]]()
    for number in range(rounds):
        say(f"import, round {number + 1} of {rounds}")
        bare.append(_timed(partial(_bulk_create, count)))
        imported.append(_timed(partial(_import, actor, count, str(number))))
    shares = [mine[0] / floor[0] for mine, floor in zip(imported, bare, strict=True)]
    found = [
        _rate("import by plan", count, imported, 1_000, share=statistics.median(shares), share_aim=0.4),
        _rate("bare bulk_create of the same", count, bare, 0),
    ]
    say("export")
    for kind, aim in (("CSV", 20_000), ("XLSX", 5_000)):
        timed = [_timed(partial(_export, actor, kind)) for _number in range(rounds)]
        found.append(_rate(f"export as {kind}", Customer.objects.count(), timed, aim))
    return found


def _rate(
    name: str,
    rows: int,
    timed: list[tuple[float, float]],
    aim: float,
    *,
    share: float | None = None,
    share_aim: float | None = None,
) -> Rate:
    clock, cpu = (statistics.median(each[place] for each in timed) for place in (0, 1))
    return Rate(name, rows, clock, cpu, aim, share, share_aim)


def _timed(work: Callable[[], int]) -> tuple[float, float]:
    """Rows per second of the clock and of processor time."""
    clock, cpu = time.perf_counter(), time.process_time()
    rows = work()
    return rows / (time.perf_counter() - clock), rows / max(time.process_time() - cpu, 1e-6)


def _values(number: int) -> dict[str, str]:
    return {
        "name": f"上海导入{number}科技有限公司",
        "level": "ordinary",
        "phone": f"021-5{number:07}" if number % 2 else f"138{number:08}",
        "address": f"世纪大道{number}号",
    }


def _import(actor: Actor, count: int, part: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        with (Path(folder) / "customers.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, ["key", *_values(0)])
            writer.writeheader()
            writer.writerows({"key": f"B{number}"} | _values(number) for number in range(count))
        plan = Path(folder) / "plan.toml"
        plan.write_text(_PLAN.format(part=part), encoding="utf-8")
        report = run_plan(plan, actor)
    created = report.steps[0].counts[Outcome.CREATED]
    if created != count:
        raise RuntimeError(f"Of {count} rows {created} were imported: {report.steps[0].counts}")
    return count


def _bulk_create(count: int) -> int:
    for start in range(0, count, _BATCH):
        now = timezone.now()
        rows = [
            Customer(**_values(number), created_at=now, updated_at=now)
            for number in range(start, min(start + _BATCH, count))
        ]
        with transaction.atomic():
            Customer.objects.bulk_create(rows)
    return count


def _export(actor: Actor, kind: str) -> int:
    entity = registry.get("customers")
    query = ListQuery.make(entity, actor)
    rows = ordered(query)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers"
        if kind == "XLSX":
            return export_workbook(actor, entity, query.columns, rows, path)
        with path.open("wb") as stream:
            stream.writelines(export_csv(actor, entity, query.columns, rows))
        return path.read_bytes().count(b"\n") - 1
