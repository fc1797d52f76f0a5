"""How the books stand: what is loaded, refused, waiting, built, stale, and which days are missing.

Reads manifests and hashes only, so that it answers in well under a second.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pipeline.close.overview import Standing, overview
from pipeline.settings import Books

if TYPE_CHECKING:
    from pipeline.manifest import Load, Piece


@dataclass(frozen=True)
class Feed:
    """One source of one account: accepted loads, their rows, control totals per currency, days stated and days missing.

    Only loads that count (the newest statement of at least one day) are in `rows` and `totals`; `superseded` counts
    the others. `missing` are days between the first and the last stated one that no load states.
    """

    source: str
    account: str
    dataset: str
    loads: int
    superseded: int
    rows: int
    totals: dict[str, str]
    day_from: date
    day_to: date
    missing: list[date]


@dataclass(frozen=True)
class Status:
    """Everything `tokenbooks status` tells. `stale`: periods that the next build will touch; `busy`: one is at work.

    `months` are those of an entity that were ever prepared or closed; all others are open.
    """

    feeds: list[Feed] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    ready: list[str] = field(default_factory=list)
    built: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    unpublished: bool = False
    busy: bool = False
    months: list[Standing] = field(default_factory=list)


def status(books: Books) -> Status:
    """The state of the books, without changing or waiting for anything."""
    from pipeline.pending import pending
    from pipeline.plan import current_inputs

    todo = pending(books)
    inputs = current_inputs(books)
    return Status(
        feeds=feeds(inputs.loads, inputs.pieces),
        refused=todo.refused,
        waiting=todo.waiting,
        ready=todo.ready,
        built=[period for period in inputs.periods if period not in todo.periods and not todo.busy],
        stale=todo.periods,
        unpublished=todo.unpublished,
        busy=todo.busy,
        months=overview(books),
    )


def feeds(loads: "list[Load]", pieces: "list[Piece]") -> list[Feed]:
    """The accepted loads by source and account."""
    found = []
    for source, account in sorted({(load.source, load.account) for load in loads}):
        mine = [load for load in loads if (load.source, load.account) == (source, account)]
        stated = [(p.day_from, p.day_to) for p in pieces if (p.source, p.account) == (source, account)]
        spans = stated or [(load.window_from, load.window_to) for load in mine if load.window_from and load.window_to]
        counting = {p.load_id for p in pieces if (p.source, p.account) == (source, account)}
        count = [load for load in mine if load.load_id in counting]
        found.append(
            Feed(
                source=source,
                account=account,
                dataset=mine[0].dataset or "",
                loads=len(mine),
                superseded=len(mine) - len(count),
                rows=sum(load.rows for load in count),
                totals=_added(count),
                day_from=min(start for start, _ in spans),
                day_to=max(end for _, end in spans),
                missing=gaps(stated),
            )
        )
    return found


def gaps(stated: list[tuple[date, date]]) -> list[date]:
    """Days between the first and the last of half-open intervals that none of them holds."""
    missing: list[date] = []
    reached: date | None = None
    for start, end in sorted(stated):
        if reached is not None and start > reached:
            missing += [reached + timedelta(days=n) for n in range((start - reached).days)]
        reached = end if reached is None else max(reached, end)
    return missing


def _added(loads: "list[Load]") -> dict[str, str]:
    """Control totals per currency (of usage: per unit), exact."""
    sums: dict[str, Decimal] = {}
    for load in loads:
        for currency, amount in load.totals.items():
            sums[currency] = sums.get(currency, Decimal(0)) + Decimal(amount)
    return {currency: f"{sums[currency]:f}" for currency in sorted(sums)}
