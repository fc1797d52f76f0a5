"""One writer at a time per books directory: a lock that the operating system drops when its holder dies.

A child process that writes on the holder's behalf inherits the lock, so that after a kill -9 of the
parent nobody starts beside the orphan.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipeline.settings import Books


@contextmanager
def locked(books: Books, progress: Callable[[str], None] | None = None) -> Iterator[int]:
    """Hold the books for writing; waits for another holder, and says so once through `progress`.

    Yields the lock's file descriptor: hand it to a child with `pass_fds` when the child writes too.
    Not re-entrant: a step takes it once.
    """
    descriptor = os.open(books.home / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if progress:
                progress("another tokenbooks is writing to these books; waiting for it to end")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def glancing(books: Books) -> Iterator[bool]:
    """Keep writers out for a short look, if nobody writes now; yields whether that is so. Waits for nobody.

    Even a reader of the warehouse holds up who wants to write it, and dbt does not wait: it fails.
    """
    if not (books.home / ".lock").exists():  # nothing was ever written, and a look writes nothing either
        yield True
        return
    descriptor = os.open(books.home / ".lock", os.O_RDWR)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(descriptor)
