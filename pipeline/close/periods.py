"""In which state each month of each entity is, as its events tell. What was never closed needs no event: it is open."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from pipeline.close.events import Event, read_events
from pipeline.settings import Books

State = Literal["open", "soft_closed", "closed", "locked"]
PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Month:
    """One month of one entity: its events, oldest first. Only months that something happened to have one."""

    events: tuple[Event, ...]

    @property
    def last(self) -> Event:
        """The latest event."""
        return self.events[-1]

    @property
    def closings(self) -> tuple[Event, ...]:
        """Every close, oldest first. What they posted counts for ever, whatever came after."""
        return tuple(event for event in self.events if event.event == "closed")

    @property
    def state(self) -> State:
        """What the latest event made of it."""
        what = self.last.event
        return what if what in ("soft_closed", "closed", "locked") else "open"  # type: ignore[return-value]

    @property
    def reopened(self) -> Event | None:
        """The reopening that is still at work: the month was closed before and is not now."""
        if self.state in ("closed", "locked"):
            return None
        return next((event for event in reversed(self.events) if event.event == "reopened"), None)


@dataclass(frozen=True)
class Calendar:
    """Every month of every entity that something happened to."""

    months: Mapping[tuple[str, str], Month] = field(default_factory=dict)

    def sealed_through(self, entity: str) -> str | None:
        """The last month of an entity that nothing is posted to any more; all before it are sealed with it."""
        mine = {period: month for (who, period), month in self.months.items() if who == entity}
        reopened = [period for period, month in mine.items() if month.reopened]
        if reopened:
            return month_after(min(reopened), -1)
        return max((p for p, month in mine.items() if month.state in ("closed", "locked")), default=None)

    def sealed(self, entity: str, period: str) -> bool:
        """Whether nothing may be posted to this month of this entity."""
        through = self.sealed_through(entity)
        return through is not None and period <= through

    def state(self, entity: str, period: str) -> State:
        """The state of any month; one that had nothing to close is closed with the month after it."""
        month = self.months.get((entity, period))
        if month and month.state != "open":
            return month.state
        return "closed" if self.sealed(entity, period) else "open"

    def first_open(self, entity: str) -> str | None:
        """The month that corrections of closed months are posted to; None for an entity that never closed one."""
        through = self.sealed_through(entity)
        return month_after(through) if through else None

    def entities(self) -> list[str]:
        """Entities that something happened to, sorted."""
        return sorted({entity for entity, _ in self.months})

    def closed_months(self) -> list[tuple[str, str, Event]]:
        """(entity, period, the close that holds) of months closed or locked now, sorted."""
        return [
            (entity, period, month.closings[-1])
            for (entity, period), month in sorted(self.months.items())
            if month.state in ("closed", "locked")
        ]

    def batches(self) -> list[str]:
        """The folders under ledger/ whose lines are posted, oldest first for an entity and month."""
        return [event.batch for _, month in sorted(self.months.items()) for event in month.closings]

    def frozen(self, period: str) -> str | None:
        """The company snapshot that holds for a month, for all entities, since one of them has closed it.

        A month before it that nobody closed had no cost then; it is frozen with the next that was closed.
        """
        versions = {closed: event.company for _, closed, event in self.closed_months()}
        return versions[min(later)] if (later := [closed for closed in versions if closed >= period]) else None

    def told(self, period: str) -> list[object]:
        """What a build of a month follows from: what was posted to it, and who may still post."""
        posted = [
            event.batch for (_, of), month in sorted(self.months.items()) for event in month.closings if of == period
        ]
        opens = [entity for entity in self.entities() if self.first_open(entity) == period]
        return [posted, opens, [entity for entity in self.entities() if self.sealed(entity, period)]]


def read_calendar(books: Books) -> Calendar:
    """What all events make of the months. Raises BooksError when the events were tampered with."""
    months: dict[tuple[str, str], list[Event]] = {}
    for chain in read_events(books).values():
        for _, event in chain:
            months.setdefault((event.entity, event.period), []).append(event)
    return Calendar({key: Month(tuple(events)) for key, events in sorted(months.items())})


def month_after(period: str, months: int = 1) -> str:
    """The month so many after `YYYY-MM`."""
    number = int(period[:4]) * 12 + int(period[5:]) - 1 + months
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def last_day(period: str) -> date:
    """The last day of the month."""
    return date.fromisoformat(f"{month_after(period)}-01") - timedelta(days=1)
