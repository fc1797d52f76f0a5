"""Runs `dbt build` as a process of its own, and says in plain words which model or test failed and why.

A process, since DuckDB's lock on the warehouse ends with the process that took it. One target folder per
books directory is enough: the books' lock lets one build in at a time, and dbt finds its parsed project there.
What it read of the project is kept for all books of this machine.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipeline.content import folder_hash, replacing
from pipeline.lock import locked
from pipeline.plan import PROJECT
from pipeline.settings import Books

PARSED = "partial_parse.msgpack"
BUILD = "build --exclude-resource-type unit_test"
GOOD = {"success", "pass", "warn", "skipped", "no-op"}


@dataclass(frozen=True)
class DbtFailure:
    """A node of the project that failed: what it is called, and what dbt or the database said."""

    node: str
    message: str


@dataclass(frozen=True)
class DbtResult:
    """Seconds of every model and test that ran, and what failed; no `failures` means that all is well."""

    seconds: dict[str, float]
    failures: list[DbtFailure]


def dbt_build(books: Books, lock: int, progress: Callable[[str], None] | None = None) -> DbtResult:
    """Run every model and data test over the warehouse; unit tests prove code, and CI runs them.

    `lock` is the books' lock, held by the child too.
    """
    target = books.home / ".dbt"
    target.mkdir(exist_ok=True)
    results = target / "run_results.json"
    results.unlink(missing_ok=True)
    _recall(target)
    child = subprocess.Popen(
        _command(BUILD, target),
        env=_environment(),
        cwd=books.home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=(lock,),
        text=True,
    )
    assert child.stdout is not None
    errors = _follow(child.stdout, progress)
    code = child.wait()
    _remember(target)
    if not results.exists():
        return DbtResult({}, [DbtFailure("dbt", message) for message in errors or [f"ended with exit code {code}"]])
    return _read(json.loads(results.read_text()), errors, code)


def dbt_parse(books: Books) -> None:
    """Have dbt read the project now, where it never did on this machine, so that the first build need not.

    What is wrong with the project is left to the build to say.
    """
    target = books.home / ".dbt"
    with locked(books) as lock:
        target.mkdir(exist_ok=True)
        _recall(target)
        if not (target / PARSED).exists():
            subprocess.run(_command("parse", target), env=_environment(), cwd=books.home, pass_fds=(lock,), check=False)
            _remember(target)


def _recall(target: Path) -> None:
    """Give new books the project as dbt read it last: six seconds to read, and the same in all books."""
    if not (target / PARSED).exists():
        with suppress(OSError):
            shutil.copyfile(_kept(), target / PARSED)


def _remember(target: Path) -> None:
    kept = _kept()
    if (target / PARSED).exists() and not kept.exists():
        with suppress(OSError), replacing(kept) as temporary:
            shutil.copyfile(target / PARSED, temporary)


def _kept() -> Path:
    """Where this version of the project is kept as read. dbt looks itself whether what it finds still holds."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache, "tokenbooks", f"dbt-{version('dbt-core')}-{folder_hash(PROJECT)}.msgpack")


def _command(what: str, target: Path) -> list[str]:
    folders = {"project-dir": PROJECT, "profiles-dir": PROJECT, "target-path": target, "log-path": target}
    options = [text for name, path in folders.items() for text in (f"--{name}", str(path))]
    # by its path, which it needs nothing of ours to be found by
    return [sys.executable, "-P", str(Path(__file__).with_name("dbt_child.py")), *what.split(), *options]


def _environment() -> dict[str, str]:
    """The profile reads from the environment where the warehouse is, seen from the books, so that all books are alike;
    nothing is sent to anybody."""
    quiet = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"}
    return {**os.environ, **quiet, "TOKENBOOKS_TARGET": "duckdb", "TOKENBOOKS_WAREHOUSE": "warehouse.duckdb"}


def _follow(lines: Iterable[str], progress: Callable[[str], None] | None) -> list[str]:
    """Pass on what dbt finishes as it goes; returns its error messages, for a run that ends without results."""
    errors = []
    for line in lines:
        try:
            told = json.loads(line)
        except ValueError:
            told = None
        if not isinstance(told, dict):  # not our child's: a traceback of the interpreter, say
            errors.append(line.strip())
        elif "error" in told:
            errors.append(str(told["error"]).strip())
        elif progress:
            progress(f"build {told.get('model')}")
    return [error for error in errors if error]


def _read(results: dict[str, Any], errors: list[str], code: int) -> DbtResult:
    """What run_results.json says; a run that failed without a failing node is a failure too."""
    ran = results["results"]
    seconds = {result["unique_id"]: round(float(result["execution_time"]), 3) for result in ran}
    failures = [
        DbtFailure(result["unique_id"], " ".join(str(result.get("message") or result["status"]).split()))
        for result in ran
        if result["status"] not in GOOD
    ]
    if code != 0 and not failures:
        failures = [DbtFailure("dbt", message) for message in errors or [f"ended with exit code {code}"]]
    return DbtResult(seconds, failures)
