"""What is made ahead comes in order, is never far ahead, and fails where it is asked for."""

from collections.abc import Iterator

import pytest

from ingestion.ahead import AHEAD, ahead


def counting(made: list[int], upto: int) -> Iterator[int]:
    for number in range(upto):
        made.append(number)
        yield number
    raise ValueError("no more")


def test_items_come_in_order_and_what_goes_wrong_comes_in_its_place() -> None:
    made: list[int] = []
    came: list[int] = []
    with pytest.raises(ValueError, match="no more"):
        came.extend(ahead(counting(made, 7)))
    # list.extend keeps what it took before the error
    assert came == made == list(range(7))


def test_no_more_is_made_than_a_few_items_ahead() -> None:
    made: list[int] = []
    for number in ahead(counting(made, 10**9)):
        assert number < len(made) <= number + 1 + AHEAD
        if number == 50:
            break


def test_nothing_gives_nothing() -> None:
    assert list(ahead(iter([]))) == []
