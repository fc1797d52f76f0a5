"""A closed month is opened again by two persons for a time, or locked by two for good."""

from datetime import date, timedelta

from pipeline.close.events import Event, commit, happened, now
from pipeline.close.periods import read_calendar
from pipeline.close.refusing import refuse, refuse_locking, refuse_nobody, refuse_one_person, refuse_reopening
from pipeline.lock import locked
from pipeline.settings import Books


def reopen(
    books: Books, period: str, entity: str, requested_by: str, approved_by: str, reason: str, today: date | None = None
) -> Event:
    """Let the newest closed month of an entity be posted to again, for as many days as the company's settings say.

    What was posted stays; what is due besides is a draft of that same month until it is closed again. Raises
    CloseRefused without two persons and a reason, for a locked month, and for one that another was closed after.
    """
    from pipeline.company import check_company

    _two_persons(requested_by, approved_by)
    refuse([] if reason.strip() else ["--reason: none is given; write why"])
    with locked(books):
        days = check_company(books.company).settings.reopening.days
        refuse_reopening(read_calendar(books), period, entity)
        about = {"requested_by": requested_by.strip(), "approved_by": approved_by.strip(), "reason": reason.strip()}
        expires_on = (today or now().date()) + timedelta(days=days)
        return commit(books, [happened("reopened", entity, period, **about, expires_on=expires_on)])[0]


def lock(books: Books, period: str, entity: str, requested_by: str, approved_by: str) -> Event:
    """Close a month for ever: nobody can reopen it. Raises CloseRefused unless it is closed and two persons ask."""
    _two_persons(requested_by, approved_by)
    with locked(books):
        refuse_locking(read_calendar(books), period, entity)
        about = {"requested_by": requested_by.strip(), "approved_by": approved_by.strip()}
        return commit(books, [happened("locked", entity, period, **about)])[0]


def _two_persons(requested_by: str, approved_by: str) -> None:
    refuse_nobody(requested_by=requested_by, approved_by=approved_by)
    refuse_one_person(requested_by, "asked for it", approved_by)
