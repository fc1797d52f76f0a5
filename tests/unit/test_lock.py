"""One writer at a time, also when the holder was killed and only its child still writes."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from pipeline import pending
from pipeline.lock import glancing, locked
from pipeline.settings import Books

HOLDER = """
import subprocess, sys
from pipeline.lock import locked
from pipeline.settings import Books
with locked(Books.open(sys.argv[1])) as lock:
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], pass_fds=(lock,))
    print(child.pid, flush=True)
    child.wait()
"""


def test_an_orphan_keeps_the_lock_of_its_killed_parent(tmp_path: Path) -> None:
    """The child of a killed build still writes: nobody may start until it ends, and then at once."""
    books = Books.create(tmp_path / "books")
    read, write = os.pipe()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(books.home)], stdin=read, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    orphan = int(holder.stdout.readline())
    holder.kill()
    holder.wait()
    os.close(read)
    said: list[str] = []

    def let_go(message: str) -> None:
        said.append(message)
        os.close(write)  # the orphan reads the end of its input and ends

    with locked(books, let_go):
        assert said, "the lock was free although the orphan was alive"
        with contextlib.suppress(ProcessLookupError):
            os.kill(orphan, signal.SIGKILL)


def test_the_lock_is_free_after_its_holder(tmp_path: Path) -> None:
    """Taking it again waits for nobody."""
    books = Books.create(tmp_path / "books")
    said: list[str] = []
    for _ in range(2):
        with locked(books, said.append):
            pass
    assert said == []


def test_a_glance_waits_for_nobody_and_keeps_writers_out_while_it_lasts(tmp_path: Path) -> None:
    """A reader of the warehouse makes dbt fail: so it looks only while nobody writes, and nobody begins meanwhile."""
    books = Books.create(tmp_path / "books")
    with glancing(books) as free:
        assert free
    assert not (books.home / ".lock").exists()
    with locked(books), glancing(books) as free:
        assert not free
    with glancing(books) as free:
        assert free
        waiting = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(books.home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            waiting.wait(1)
        assert waiting.poll() is None
    assert waiting.stdout is not None
    assert waiting.stdout.readline()
    waiting.communicate()


def test_what_is_to_do_is_not_asked_of_a_warehouse_that_somebody_writes(tmp_path: Path) -> None:
    books = Books.create(tmp_path / "books")
    books.warehouse.write_bytes(b"whoever opens this would get in the way")
    with locked(books):
        todo = pending(books)
    assert todo.busy
    assert not todo.nothing
