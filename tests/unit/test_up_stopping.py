"""Who is asked to end ends, whatever ran just then."""

import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.settings import Books
from pipeline.up.stopping import Stopped, heed, stoppable
from pipeline.up.watch import Watch


def test_a_signal_ends_what_runs() -> None:
    with pytest.raises(Stopped), stoppable():
        os.kill(os.getpid(), signal.SIGTERM)


def test_a_signal_that_was_swallowed_is_heeded_at_the_next_look() -> None:
    with stoppable():
        heed()
        with suppress(BaseException):
            os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)  # another one changes nothing
        with pytest.raises(Stopped):
            heed()


def test_who_watches_heeds_it_at_every_look() -> None:
    watch = Watch(Books(Path("nowhere")), Any, Any, print)  # type: ignore[arg-type]  # neither is asked any more
    with stoppable():
        with suppress(BaseException):
            os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Stopped):
            watch.forever()


def test_a_signal_in_the_middle_of_a_query_is_one_to_end() -> None:
    """DuckDB says then that the query was interrupted, and forgets what for.

    One thread: where another one has the work, the main thread sleeps to the query's end and hears nothing.
    """
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")

        def kill_when_it_runs() -> None:
            while con.query_progress() < 0:
                time.sleep(0.001)
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=kill_when_it_runs, daemon=True).start()
        with pytest.raises(Stopped) as stopped, stoppable():
            con.execute("SELECT count(*) FROM range(300000000) t(i) WHERE i % 7 = hash(i) % 5").fetchall()
        con.interrupt()  # or closing now and then computes the rest
        assert "interrupted" in str(stopped.value.__cause__)


def test_another_error_stays_what_it_is() -> None:
    with pytest.raises(ValueError, match="mine"), stoppable():
        raise ValueError("mine")


def test_what_was_before_is_there_again() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with suppress(Stopped), stoppable():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before
    heed()
