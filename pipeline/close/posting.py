"""Drafts become history: the lines and statement rows of a close, written beside `ledger/` and renamed into it.

A folder counts once a `closed` event names it; what a killed close left behind does not, and goes with the next.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipeline.close.events import folder_name
from pipeline.close.periods import Calendar
from pipeline.content import folder_hash
from pipeline.ledger_tables import KEPT, REPORTED
from pipeline.settings import Books, BooksError


def drafts(con: duckdb.DuckDBPyConnection) -> None:
    """Make the view `drafts`: the journal lines that no close has posted yet."""
    drafted = "select entry_id from finance.fct_journal_entries where status = 'draft'"
    con.execute(f"create temp view drafts as select * from finance.fct_postings where entry_id in ({drafted})")


def write_batch(
    con: duckdb.DuckDBPyConnection, books: Books, calendar: Calendar, period: str, entity: str, together: Sequence[str]
) -> tuple[str, int]:
    """The folder of one entity's close, under ledger/: what it posts and its statement. Returns folder and lines.

    Its lines are the drafts of the month that it causes, in its own books and in others', and those in its own books
    that somebody causes who is not closed together with it. Needs the view `drafts`.
    """
    place = books.ledger / f"period={period}" / f"entity={folder_name(entity)}"
    _remove_leftovers(books, calendar, place)
    beside = place / ".closing"
    beside.mkdir(parents=True)
    marks = ", ".join("?" for _ in together)
    lines = (
        "from drafts where period = ? and "
        f"case when origin_entity_id in ({marks}) then origin_entity_id else entity_id end = ?"
    )
    asked = [period, *together, entity]
    count = con.execute(f"select count(*) {lines}", asked).fetchall()[0][0]
    _copy(con, f"select * {lines} order by entry_id, line_no", asked, beside / "postings.parquet")
    for model, which in {**dict.fromkeys(REPORTED, "period = $period and entity_id = $entity"), **KEPT}.items():
        rows = f"select * from finance.{model} where {which} order by all"
        _copy(con, rows, {"period": period, "entity": entity}, beside / f"{model}.parquet")
    month = calendar.months.get((entity, period))
    number = len(month.closings) + 1 if month else 1
    folder = place / f"{number:04d}-{folder_hash(beside)[:16]}"
    beside.rename(folder)
    return str(folder.relative_to(books.ledger)), count


def posted_files(books: Books, calendar: Calendar) -> list[str]:
    """The files of all posted lines. Raises BooksError for a folder that is missing or was changed."""
    return [str(folder / "postings.parquet") for folder in (_whole(books, batch) for batch in calendar.batches())]


def statement_files(books: Books, calendar: Calendar, model: str) -> list[str]:
    """The files of a statement's rows as reported, of the months that are closed now."""
    folders = (_whole(books, event.batch) for _, _, event in calendar.closed_months())
    return [str(path) for folder in folders if (path := folder / f"{model}.parquet").exists()]


def _whole(books: Books, batch: str) -> Path:
    folder = books.ledger / batch
    if not folder.is_dir() or folder_hash(folder)[:16] != batch[-16:]:
        raise BooksError(f"{folder}: missing or changed since the month was closed; put it back from your backup")
    return folder


def _copy(con: duckdb.DuckDBPyConnection, rows: str, asked: list[str] | dict[str, str], path: Path) -> None:
    target = str(path).replace("'", "''")
    con.execute(f"copy ({rows}) to '{target}' (format parquet, compression zstd)", asked)


def _remove_leftovers(books: Books, calendar: Calendar, place: Path) -> None:
    """What killed closes left in a month's folder: no event names it."""
    named = {books.ledger / batch for batch in calendar.batches()}
    for folder in place.glob("*") if place.exists() else ():
        if folder not in named:
            shutil.rmtree(folder)
