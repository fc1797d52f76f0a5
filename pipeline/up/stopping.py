"""Ctrl-C, SIGTERM and a closed terminal end `up` in order, once; while it stops, another one changes nothing."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

_asked = threading.Event()


class Stopped(BaseException):
    """Somebody asked us to end. Not an Exception: hardly anything on the way swallows it."""


@contextmanager
def stoppable() -> Iterator[None]:
    """Within, a signal to end raises Stopped."""
    ways = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {way: signal.getsignal(way) for way in ways}

    def stop(*_: object) -> NoReturn:
        for way in ways:
            signal.signal(way, signal.SIG_IGN)
        _asked.set()
        raise Stopped

    _asked.clear()
    for way in ways:
        signal.signal(way, stop)
    try:
        yield
    except Exception as error:
        if _asked.is_set():  # DuckDB raises an error of its own for a signal that comes in the middle of a query
            raise Stopped from error
        raise
    finally:
        _asked.clear()
        for way, handler in before.items():
            signal.signal(way, handler)


def heed() -> None:
    """Raise Stopped where somebody asked us to end and what ran just then has swallowed it."""
    if _asked.is_set():
        raise Stopped
