"""Run the tests on every database in turn: `python tools/run_tests.py [--long] [what pytest understands]`.

  sqlite       in memory: everything that needs no other process
  sqlite-file  concurrency, crashes, live servers, and a smoke of the browser journeys
  postgres     everything that opens a database again, with all journeys
`--long` runs the tests marked `long` instead, and then all tests once more on Debian's PostgreSQL if apt installed it.

All passes run even if one fails. The last line is pytest's own; if an earlier pass failed, its closing line is said
again at the end. The exit code is 0 only when every pass was green.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import machine

DATABASES = ("sqlite", "sqlite-file", "postgres")
NOTHING_COLLECTED = 5


def main(arguments: list[str]) -> int:
    """Run the passes; return 0, or the exit code of the first pass that failed."""
    is_long = "--long" in arguments
    rest = [word for word in arguments if word != "--long"]
    results: list[tuple[int, str]] = []
    for database in DATABASES:
        marks = ["-m", "long"] if is_long else []
        results.append(run_pass({"ZHIKE_TEST_DATABASE": database}, [*marks, *rest], is_long=is_long))
    if is_long and (binaries := machine.debian_postgres()):
        debian = {"ZHIKE_TEST_DATABASE": "postgres", "ZHIKE_TEST_POSTGRES_BIN": str(binaries)}
        results.append(run_pass(debian, rest, is_long=False))
    # A choice of tests (`ARGS="-k pinyin"`) may leave a pass, but not every pass, without any.
    accepted = {0, NOTHING_COLLECTED} if is_long or rest else {0}
    failed = [result for result in results if result[0] not in accepted]
    if not failed and all(code == NOTHING_COLLECTED for code, _ in results):
        failed = results[-1:]
    if failed and failed[0] is not results[-1]:
        machine.say(failed[0][1])
    return failed[0][0] if failed else 0


def run_pass(choice: dict[str, str], arguments: list[str], *, is_long: bool) -> tuple[int, str]:
    """Run pytest once, showing its output as it comes; return its exit code and its closing line."""
    workers = min(len(os.sched_getaffinity(0)), 8) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
    command = [sys.executable, "-m", "pytest", "-n", str(max(workers, 2)), "--dist", "loadgroup", *arguments]
    if sys.stdout.isatty():
        command.append("--color=yes")
    environment = dict(os.environ, HYPOTHESIS_PROFILE="long" if is_long else "test", **choice)
    machine.say(f"Tests on {choice['ZHIKE_TEST_DATABASE']}:")
    closing = ""
    with subprocess.Popen(
        command, cwd=machine.ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                closing = line.rstrip("\n") or closing
            return process.wait(), closing
        except KeyboardInterrupt:  # the terminal told pytest too: let it stop its server
            process.wait()
            raise SystemExit(130) from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
