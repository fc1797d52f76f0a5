"""The sample's books, made once for all workers of a test run: whoever comes first makes them, the others wait."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.beginning import begin
from tests.story_books import succeed


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


def load_story(folder: Path) -> None:
    """Three months without Acme Labs, loaded."""
    begin(folder / "books", sample=True, whole=False)
    succeed("load", "--books", folder / "books")


def make_whole(folder: Path) -> None:
    """All that `init --sample` has, loaded, built and published."""
    succeed("init", folder / "books", "--sample")
    succeed("run", "--books", folder / "books")
