"""Work on what comes next while what came before is used."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
AHEAD = 2  # items


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items in the same order, made in a thread of their own."""
    end = object()
    with ThreadPoolExecutor(1) as thread:
        coming: deque[Future[T | object]] = deque(thread.submit(next, items, end) for _ in range(AHEAD))
        while (item := coming.popleft().result()) is not end:
            coming.append(thread.submit(next, items, end))
            yield item  # type: ignore[misc]
