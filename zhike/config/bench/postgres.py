"""A PostgreSQL of bench's own, in a process of its own: `python -m zhike.config.bench.postgres FOLDER`.

It prints the address of an empty database and serves it until standard input ends, which it does when who asked for it dies.
The server is that of the tests, whose harness takes over the environment of its process: hence the process. It is durable.
"""

import os
import sys
from pathlib import Path

_DATABASE = "zhike"


def main(folder: Path) -> int:
    """Serve; 0, or 1 after a sentence where there is no PostgreSQL."""
    os.environ.pop("ZHIKE_TEST_DATABASE", None)
    import psycopg

    from zhike.core.testing.databases import HarnessError, PostgresServer

    server = PostgresServer(folder, durable=True)
    try:
        server.start()
    except HarnessError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    try:
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {_DATABASE}")
        sys.stdout.write(f"{server.url(_DATABASE)}\n")
        sys.stdout.flush()
        sys.stdin.read()
    except KeyboardInterrupt:
        pass  # told by whoever was interrupted
    finally:
        server.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
