"""From one page to the next: where it is asked for, where it ends, and what no honest sequence of pages does."""

from collections.abc import Sequence
from typing import Any

from ingestion.connectors.asking import Call
from ingestion.connectors.declaration import Paging
from ingestion.connectors.record import Page
from ingestion.connectors.trying import PullRefused
from ingestion.pages import at


class Shifted(Exception):
    """The provider's list grew or shrank while its numbered pages were read: some may be missing or there twice."""


def first(call: Call, paging: Paging | None) -> Call:
    """The request for the first page; a page that is numbered is asked for by number, from 1, and an offset from 0."""
    return call.sending(paging.send, 0 if paging.offset else 1) if paging and paging.token is None else call


def following(page: dict[str, Any], paging: Paging | None, place: str, before: Sequence[Page]) -> str | int | None:
    """What asks for the page after this one, a token, number or offset; None at the end. `before` are the pages before.

    Raises PullRefused for a page that does not say whether another follows, or names one that was read already.
    """
    if paging and paging.offset:
        return _offset(page, paging.offset, place, before)
    if paging is None or not _more(page, paging, place, len(before) + 1):
        return None
    if paging.token is None:
        return len(before) + 2
    token = at(page, paging.token)
    if not isinstance(token, str) or not token:
        raise PullRefused(f"{place}: says that more pages follow, but has no {paging.token} to ask for them")
    if token in {one.next for one in before}:
        raise PullRefused(f"{place}: names a next page that was read already, so pages are repeated or missing")
    return token


def _offset(page: dict[str, Any], records: str, place: str, before: Sequence[Page]) -> int | None:
    found = at(page, records)
    if not isinstance(found, list):
        raise PullRefused(f"{place}: has no list {records}, so it cannot be told whether more follow")
    return sum(one.records for one in before) + len(found) if found else None


def refuse_repeats(pages: Sequence[Page], paging: Paging | None) -> None:
    """Hold numbered pages together: each is another one. Raises PullRefused."""
    if paging is None or paging.token is not None:
        return
    seen: dict[str, str] = {}
    for page in pages:
        if page.records and page.sha256 in seen:
            raise PullRefused(f"{page.path}: {page.file} is {seen[page.sha256]} again; the endpoint ignores the number")
        seen[page.sha256] = page.file


def refuse_shifted(totals: Sequence[Any], pages: Sequence[Page], paging: Paging | None) -> None:
    """Hold the numbered pages of a list to the `totals` that they state. Raises Shifted."""
    if paging is None or paging.total is None:
        return
    if len(set(totals)) > 1 or str(totals[0]) != str(sum(page.records for page in pages)):
        counted = sum(page.records for page in pages)
        raise Shifted(f"{pages[0].path}: {counted} records came where {' and '.join(map(str, totals))} were announced")


def _more(page: dict[str, Any], paging: Paging, place: str, number: int) -> bool:
    if paging.pages is not None:
        announced = at(page, paging.pages)
        if not str(announced).isdecimal():
            raise PullRefused(f"{place}: does not say in {paging.pages} how many pages there are")
        return number < int(str(announced))
    more = at(page, paging.more or "")
    if not isinstance(more, bool):
        raise PullRefused(f"{place}: does not say in {paging.more} whether more pages follow")
    return more
