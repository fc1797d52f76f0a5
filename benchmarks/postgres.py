"""A PostgreSQL server on loopback with the tables of LiteLLM's proxy, for a benchmark or a test.

The tables are as the proxy's Prisma schema makes them, indexes included, so sizes are those that a company has.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from pipeline.up.airflow_home import free_port

TABLES = Path(__file__).with_name("litellm.sql")
DEBIAN = Path("/usr/lib/postgresql")
ROOT = os.geteuid() == 0
OWNER = "nobody"  # runs the server where we are root, whose it refuses to be


class NoServer(Exception):
    """PostgreSQL is not installed."""


def binaries() -> Path:
    """Where initdb is; Debian keeps it off the PATH. Raises NoServer."""
    found = shutil.which("initdb") or next(iter(sorted(map(str, DEBIAN.glob("*/bin/initdb")), reverse=True)), None)
    if not found:
        raise NoServer("PostgreSQL's server is not installed (Debian: apt install postgresql)")
    return Path(found).parent


@contextmanager
def postgres_server(password: str) -> Iterator[str]:
    """The address of a database with LiteLLM's empty tables, while the context lasts; its owner is `litellm`."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as made:
        home, port = Path(made), free_port(0)
        (home / "password").write_text(password)
        if ROOT:
            for path in (home, home / "password"):
                shutil.chown(path, OWNER)
        begin = ["-U", "litellm", "--pwfile", "password", "-A", "scram-sha-256", "-E", "UTF8", "--no-sync"]
        _run(home, "initdb", *begin)
        settings = f"-h 127.0.0.1 -p {port} -k {home} -c fsync=off -c max_wal_size=4GB"
        _run(home, "pg_ctl", "-w", "-l", "log", "-o", settings, "start")
        try:
            url = f"postgresql://litellm@127.0.0.1:{port}/postgres"
            with psycopg.connect(url, password=password) as connection:
                connection.execute(TABLES.read_text())
            yield url
        finally:
            _run(home, "pg_ctl", "-m", "immediate", "stop")


def _run(home: Path, tool: str, *arguments: str) -> None:
    """One of PostgreSQL's own commands on the server's data."""
    surroundings = {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "PGDATA": str(home / "data")}
    owner = OWNER if ROOT else None
    command = [str(binaries() / tool), *arguments]
    subprocess.run(command, check=True, cwd=home, stdout=subprocess.DEVNULL, env=surroundings, user=owner)
