"""The report of a bench as Markdown."""

import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

from zhike.config.bench.once import Options

# What `once` writes: `measure.Pages` as JSON, with rates, database and megabytes.
Result: TypeAlias = dict[str, Any]

_HEADER = (
    "| case | p50 ms | p95 ms | req/s | ratio | to | aim | CPU ms | CPU ratio | 8 clients: p50 ms | req/s | SQL | kB |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
)
MEMORY_AIM = 150
START_AIM = 3.0


def markdown(results: Sequence[Result], options: Options) -> str:
    """The whole report."""
    return "\n".join(_lines(results, options)) + "\n"


def _lines(results: Sequence[Result], options: Options) -> Iterator[str]:
    load = "; load {:.1f} over the last minute, {:.1f} over fifteen".format(*_load())
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
    yield f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {_commit()}, {machine}{load}."
    yield ""
    yield (
        f"Scale {options.scale:g}; {options.rounds} rounds of {options.seconds:g} s a case; one web process with 4 threads; "
        "clients on the same machine. Ratios are taken within each round, each case just after what it is set against."
    )
    for result in results:
        yield ""
        yield from _database(result)


def _database(result: Result) -> Iterator[str]:
    yield f"### {result['database']} ({result['megabytes']:,} MB)"
    yield ""
    yield _HEADER
    for line in result["lines"]:
        yield _case(line)
    yield ""
    yield "| rows | rows/s | rows per CPU second | aim | share of bulk_create | aim |"
    yield "|---|---|---|---|---|---|"
    for rate in result["rates"]:
        yield _rate(rate)
    yield ""
    memory, starts = result["memory"], result["starts"]
    yield (
        f"Memory of the web process: {memory['product']} MB{_judged(memory['product'] > MEMORY_AIM)} (aim {MEMORY_AIM}), "
        f"floor {memory['floor']} MB. Cold start to the first answer: {starts['product']:.2f} s"
        f"{_judged(starts['product'] > START_AIM)} (aim {START_AIM:g}), floor {starts['floor']:.2f} s."
    )
    yield ""
    yield "Bare SQL, p50: " + ", ".join(f"{name} {ms:.2f} ms" for name, ms in result["bare"].items()) + "."
    for note in result["notes"]:
        yield ""
        yield note


def _case(line: dict[str, Any]) -> str:
    is_floor = line["against"] == line["name"] or line["name"] == "floor view"
    missed = line["aim"] is not None and line["ratio"] > line["aim"]
    ratio, cpu_ratio = ("", "") if is_floor else (f"{line['ratio']:.2f}{_judged(missed)}", f"{line['cpu_ratio']:.2f}")
    cells = [
        line["name"], f"{line['p50']:.1f}", f"{line['p95']:.1f}", f"{line['per_second']:.0f}", ratio,
        "" if is_floor else line["against"], "" if line["aim"] is None else f"{line['aim']:g}", f"{line['cpu']:.1f}", cpu_ratio,
        f"{line['many_p50']:.1f}", f"{line['many_per_second']:.0f}",
        "" if line["statements"] is None else str(line["statements"]), f"{line['kilobytes']:.0f}",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _rate(rate: dict[str, Any]) -> str:
    share = rate["share"]
    cells = [
        f"{rate['name']}, {rate['rows']:,}",
        f"{rate['per_second']:,.0f}{_judged(rate['per_second'] < rate['aim'])}",
        f"{rate['per_cpu_second']:,.0f}",
        f"{rate['aim']:,.0f}" if rate["aim"] else "",
        "" if share is None else f"{share:.2f}{_judged(share < rate['share_aim'])}",
        "" if share is None else f"{rate['share_aim']:g}",
    ]
    return f"| {' | '.join(cells)} |"


def _judged(missed: bool) -> str:
    return " ✗" if missed else ""


def _load() -> tuple[float, float]:
    """How busy the machine was: processes that wanted to run, on average; 0 where the system does not tell."""
    try:
        minute, _five, fifteen = os.getloadavg()
    except OSError:
        return 0.0, 0.0
    return minute, fifteen


def _commit() -> str:
    """The commit this was measured at, with a + where files differ from it; unknown outside a checkout."""
    root = Path(__file__).resolve().parent
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty=+"], cwd=root, capture_output=True, text=True, check=False
        )
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"
