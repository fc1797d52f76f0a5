"""What the end-to-end tests do with books: run commands on them, copy them, kill them, and hold them to one another."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from pipeline.settings import Books

PATIENCE = 900.0


def tokenbooks(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)


def succeed(*arguments: str | Path) -> str:
    """Run a command that must end well; returns what it told."""
    done = tokenbooks(*arguments)
    assert done.returncode == 0, f"tokenbooks {' '.join(map(str, arguments))}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def run(books: Books) -> str:
    """`tokenbooks run`, which must succeed; returns what it told."""
    return succeed("run", "--books", books.home)


def kill_when(seen: Callable[[], bool], *arguments: str | Path, orphans: bool = False) -> None:
    """Run a command and kill -9 it as soon as `seen` is true; with `orphans` its children stay alive."""
    command = [sys.executable, "-m", "pipeline", *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    started = time.monotonic()
    while not seen():
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() - started < PATIENCE
        time.sleep(0.001)
    if orphans:
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def models(con: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    """What an attached database has in schema finance; never nothing."""
    found = con.execute(
        "select distinct table_name from information_schema.tables "
        "where table_catalog = ? and table_schema = 'finance' order by 1",
        [database],
    ).fetchall()
    assert len(found) > 15
    return [row[0] for row in found]


def assert_equal_books(one: Books, other: Books) -> None:
    """Every finance table equal row for row, and every published Parquet and journal file byte for byte."""
    with duckdb.connect() as con:
        for name, books in (("a", one), ("b", other)):
            con.execute(f"attach '{books.published / 'finance.duckdb'}' as {name} (read_only)")
        assert models(con, "a") == models(con, "b")
        for model in models(con, "a"):
            for left, right in (("a", "b"), ("b", "a")):
                left_over = con.execute(
                    f"from {left}.finance.{model} except all from {right}.finance.{model}"
                ).fetchall()
                assert left_over == [], f"{model}: {len(left_over)} rows only in {left}"
    assert hashes(one) == hashes(other)


def hashes(books: Books) -> dict[str, str]:
    """The sha256 of every published Parquet and journal file: rows in order, not only as a set."""
    files = [path for kind in ("parquet", "journals") for path in (books.published / kind).rglob("*.*")]
    assert files
    return {str(path.relative_to(books.home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def tree(books: Books) -> dict[str, tuple[int, int]]:
    """Every file and folder of the books with size and time of change."""
    return {str(p.relative_to(books.home)): (p.stat().st_size, p.stat().st_mtime_ns) for p in books.home.rglob("*")}


def copy_of(books: Books, home: Path) -> Books:
    """The same books elsewhere, times of change kept."""
    shutil.copytree(books.home, home)
    return Books.open(home)
