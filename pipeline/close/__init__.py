"""Closing a month: what is drafted becomes history under `ledger/`, by two persons, and never changes again.

The steps are functions that the command line and the DAG call; everything that decides lies in the ledger.
"""

from datetime import date
from typing import TYPE_CHECKING

from pipeline.close.events import Event
from pipeline.close.overview import as_text
from pipeline.close.periods import Calendar, read_calendar
from pipeline.close.refusing import CloseRefused, Entities, refuse_one_person
from pipeline.settings import Books

if TYPE_CHECKING:
    from pipeline.close.closing import Closed, Prepared

__all__ = [
    "Calendar",
    "CloseRefused",
    "Event",
    "approve",
    "as_text",
    "lock",
    "prepare",
    "read_calendar",
    "refuse_one_person",
    "reopen",
    "withdraw",
]


def prepare(books: Books, period: str, entity: Entities, prepared_by: str, today: date | None = None) -> "Prepared":
    """Run the close gate; when everything holds, the month waits for a second person (`closing.prepare`)."""
    from pipeline.close import closing

    return closing.prepare(books, period, entity, prepared_by, today)


def approve(books: Books, period: str, entity: Entities, approved_by: str, today: date | None = None) -> "Closed":
    """Close what another person has prepared (`closing.approve`)."""
    from pipeline.close import closing

    return closing.approve(books, period, entity, approved_by, today)


def withdraw(books: Books, period: str, entity: Entities, rejected_by: str) -> list[Event]:
    """Undo what was prepared (`closing.withdraw`)."""
    from pipeline.close import closing

    return closing.withdraw(books, period, entity, rejected_by)


def reopen(books: Books, period: str, entity: str, requested_by: str, approved_by: str, reason: str) -> Event:
    """Open the newest closed month of an entity again (`reopening.reopen`)."""
    from pipeline.close import reopening

    return reopening.reopen(books, period, entity, requested_by, approved_by, reason)


def lock(books: Books, period: str, entity: str, requested_by: str, approved_by: str) -> Event:
    """Close a month for ever (`reopening.lock`)."""
    from pipeline.close import reopening

    return reopening.lock(books, period, entity, requested_by, approved_by)
