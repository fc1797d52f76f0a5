"""What stands in the way before any figure is asked: persons, states, and books that are not current.

Each check raises CloseRefused with a line for everything that is missing, and how it is cured.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from pipeline.close.events import Event
from pipeline.close.periods import PERIOD, Calendar, read_calendar
from pipeline.settings import Books, BooksError

if TYPE_CHECKING:
    from pipeline.plan import Inputs

Entities = str | Sequence[str]


class CloseRefused(BooksError):
    """A month is not closed, reopened or locked; every line says what is missing and how it is cured."""


def refuse(lines: Iterable[str]) -> None:
    """Raises CloseRefused if there is anything to say."""
    if told := list(lines):
        raise CloseRefused("\n".join(told))


def named(entity: Entities) -> tuple[str, ...]:
    """The entities, each once, sorted: the order they are named in says nothing."""
    return tuple(sorted({entity} if isinstance(entity, str) else set(entity)))


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's, written in capitals or not (INV-26)."""
    return one.strip().casefold() == other.strip().casefold()


def refuse_nobody(**persons: str) -> None:
    """Each of them must be named."""
    refuse(
        f"--{option.replace('_', '-')}: no person is named; write who it is"
        for option, name in persons.items()
        if not name.strip()
    )


def refuse_one_person(one: str, did: str, other: str) -> None:
    """Whoever did the first may not approve it (INV-26)."""
    if same_person(one, other):
        refuse([f"{one.strip()} {did} and may not approve it too; a second person must (INV-26)"])


def closable(books: Books, period: str, together: tuple[str, ...], today: date) -> Calendar:
    """The calendar, if these months may be posted to."""
    if not PERIOD.fullmatch(period):
        refuse([f"{period!r} is no month; write it as 2026-10"])
    calendar = read_calendar(books)
    refuse(line for entity in together for line in _not_open(calendar, period, entity, today))
    return calendar


def _not_open(calendar: Calendar, period: str, entity: str, today: date) -> Iterable[str]:
    month = calendar.months.get((entity, period))
    if calendar.sealed(entity, period):
        state = calendar.state(entity, period)
        yield f"{entity} {period} is {state} already; corrections are posted to the first open month by themselves"
    elif month and month.reopened and month.reopened.expires_on and month.reopened.expires_on < today:
        yield f"{entity} {period} was reopened until {month.reopened.expires_on}; have two persons reopen it again"


def prepared(calendar: Calendar, period: str, together: tuple[str, ...]) -> list[Event]:
    """What was prepared for these entities together."""
    found = []
    for entity in together:
        month = calendar.months.get((entity, period))
        if not month or month.state != "soft_closed":
            refuse([f"{entity} {period} is not prepared; prepare it with `tokenbooks close --prepared-by`"])
        elif month.last.together != together:
            listed = " ".join(f"--entity {one}" for one in month.last.together)
            refuse([f"{entity} {period} was prepared for {listed}; approve these together, or prepare it again"])
        else:
            found.append(month.last)
    return found


def refuse_changes(before: Sequence[Event], after: Sequence[Event]) -> None:
    """What is approved must be what was prepared."""
    refuse(
        f"{old.entity} {old.period}: {', '.join(changed)} changed since {old.prepared_by} prepared it; prepare it again"
        for old, new in zip(before, after, strict=True)
        if (changed := sorted(n for n in {**old.hashes, **new.hashes} if old.hashes.get(n) != new.hashes.get(n)))
    )


def refuse_reopening(calendar: Calendar, period: str, entity: str) -> None:
    """Only the newest closed month of an entity, and no locked one, is opened again."""
    month = calendar.months.get((entity, period))
    if not month or not month.closings or month.state == "locked":
        state = calendar.state(entity, period)
        why = "a locked month stays as it is" if state == "locked" else "only a month that was closed can be reopened"
        refuse([f"{entity} {period} is {state}; {why}"])
    newest = max((p for who, p, _ in calendar.closed_months() if who == entity), default=period)
    if newest > period:
        refuse([f"{entity} {period}: {newest} was closed after it; only the newest can be reopened"])


def refuse_locking(calendar: Calendar, period: str, entity: str) -> None:
    """Only what was closed can be locked."""
    month = calendar.months.get((entity, period))
    if not month or month.state != "closed":
        state = calendar.state(entity, period)
        refuse([f"{entity} {period} is {state}; only a month that was closed can be locked, and once"])


def refuse_unbuilt(books: Books, inputs: "Inputs") -> None:
    """All that landed must be loaded, and all that is loaded built."""
    from pipeline.load import landing_now
    from pipeline.warehouse import read_state

    cure = "run `tokenbooks run`"
    landing, stale = landing_now(books), inputs.touched(read_state(books))
    lines = [f"landing/{path}: not loaded yet; {cure}" for path in landing.ready]
    lines += [f"landing/{line}; wait for it or remove it, then {cure}" for line in landing.waiting]
    lines += [f"{month}: not built from what is loaded and known of the company; {cure}" for month in stale]
    refuse(lines or ([] if books.warehouse.exists() else [f"{books.warehouse}: nothing is built; {cure}"]))


def refuse_strangers(known: Sequence[str], together: Sequence[str]) -> None:
    """Entities that the company has not."""
    listed = ", ".join(known)
    refuse(f"{one}: no entity of company/entities.csv; write one of {listed}" for one in together if one not in known)
