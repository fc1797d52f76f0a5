"""Who is asked to end ends, whatever ran just then."""

import os
import signal
from contextlib import suppress

import pytest

from pipeline.up.stopping import Stopped, heed, stoppable


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


def test_what_was_before_is_there_again() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with suppress(Stopped), stoppable():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before
    heed()
