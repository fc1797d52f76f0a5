"""Killed at any point, the next load ends as if nothing had happened: the same files, nothing twice."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

# The last act before which the process is killed: a function of ours, replaced by a kill -9.
POINTS = (
    "ingestion.archive.archive_file",
    "ingestion.archive._keep",
    "ingestion.loading.split",
    "ingestion.loading._totals",
    "pipeline.take._judge",
    "pipeline.take._into_lake",
    "pipeline.take.keep_verdict",
    "pipeline.manifest.write",
    "pipeline.quarantine.remove",
)
KILLED = """
import importlib, os, signal, sys
from pathlib import Path
from pipeline.load import load_new
from pipeline.settings import Books
module, name = sys.argv[2].rsplit(".", 1)
setattr(importlib.import_module(module), name, lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL))
load_new(Books.create(Path(sys.argv[1])), quiet=0)
"""
ROOT = Path(__file__).parents[2]


def deliver(desk: Any) -> None:
    desk.deliver("focus", "2026-10-03T0600Z.csv", desk.sample("focus")["sample.csv"])  # two periods, so two files


def truth(desk: Any) -> dict[str, bytes]:
    """The files that count: all but the time of loading and judging."""
    return desk.files("lake", "archive")  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    from tests.conftest import Desk

    desk = Desk(tmp_path_factory.mktemp("undisturbed") / "books")
    deliver(desk)
    assert len(desk.load().new) == 1
    return truth(desk)


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_loses_and_doubles_nothing(desk: Any, undisturbed: dict[str, bytes], point: str) -> None:
    deliver(desk)
    command = [sys.executable, "-c", KILLED, str(desk.books.home), point]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    report = desk.load()
    assert [outcome.state for outcome in report.deliveries] in (["loaded"], ["already in"])
    assert truth(desk) == undisturbed
    assert not (desk.books.lake / ".staging").exists()
    assert len(list((desk.books.evidence / "loads").iterdir())) == 1
    assert not desk.load().new


def test_two_loads_at_once_take_turns(desk: Any, undisturbed: dict[str, bytes]) -> None:
    deliver(desk)
    program = (
        "from pipeline.load import load_new; from pipeline.settings import Books; from pathlib import Path; import sys"
    )
    program += "\nprint(len(load_new(Books.create(Path(sys.argv[1])), quiet=0).new))"
    command = [sys.executable, "-c", program, str(desk.books.home)]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert sorted(one.communicate(timeout=120)[0].strip() for one in both) == ["0", "1"]
    assert truth(desk) == undisturbed


def test_archived_bytes_are_as_received_and_read_only(desk: Any) -> None:
    deliver(desk)
    desk.load()
    (copy,) = desk.files("archive").items()
    assert copy[1] == desk.sample("focus")["sample.csv"]
    assert os.stat(desk.books.home / copy[0]).st_mode & 0o222 == 0
