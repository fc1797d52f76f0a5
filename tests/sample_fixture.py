"""The sample's books, made once for all workers of a test run: whoever comes first makes them, the others wait."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.beginning import begin
from pipeline.settings import Books


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder of the test run that `make` has filled. Whoever changes it takes a copy."""
    own = factory.getbasetemp()
    shared = own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own
    folder, made = shared / name, shared / f"{name}.made"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            folder.mkdir()
            make(folder)
            made.touch()
    return folder


def command(folder: Path, *arguments: str) -> None:
    """A tokenbooks command that must end well, in `folder`."""
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert done.returncode == 0, f"tokenbooks {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}"


def load_story(folder: Path) -> None:
    """Three months without Acme Labs, loaded."""
    begin(Books.create(folder / "books").home, sample=True, whole=False)
    command(folder, "load", "--books", "books")


def make_whole(folder: Path) -> None:
    """All that `init --sample` has, loaded, built and published."""
    command(folder, "init", "books", "--sample")
    command(folder, "run", "--books", "books")
