"""Schema `ledger` of the warehouse: what was posted and reported, and which months are closed, as dbt reads it."""

import duckdb

from pipeline.close.posting import posted_files, statement_files
from pipeline.ledger_tables import POSTINGS, REPORTED, contract_columns, write_empty_ledger
from pipeline.plan import Inputs
from pipeline.settings import Books


def write_ledger(con: duckdb.DuckDBPyConnection, books: Books, inputs: Inputs) -> None:
    """Replace schema `ledger` by what lies under ledger/. Needs company.entities.

    A month that is prepared counts as open and one that is locked as closed: neither changes a figure. Raises
    BooksError when a posted file is missing or was changed.
    """
    calendar = inputs.calendar
    write_empty_ledger(con)
    _insert(con, "postings", POSTINGS, posted_files(books, calendar))
    for model in REPORTED:
        _insert(con, model, model, statement_files(books, calendar, model))
    closed = {(entity, period): event for entity, period, event in calendar.closed_months()}
    listed = con.execute("select entity_id from company.entities").fetchall()
    for entity in sorted({*calendar.entities(), *(entity for (entity,) in listed)}):
        for period in inputs.periods:
            event = closed.get((entity, period))
            state = "closed" if calendar.sealed(entity, period) else "open"
            row = [entity, period, state, event and event.batch, event and event.company]
            con.execute("insert into ledger.periods values (?, ?, ?, ?, ?)", row)
        if opens := calendar.first_open(entity) or min(inputs.periods, default=None):
            con.execute("insert into ledger.posting_periods values (?, ?)", [entity, opens])


def _insert(con: duckdb.DuckDBPyConnection, table: str, model: str, files: list[str]) -> None:
    """Fill a table from posted files; a column that is newer than a file is null there."""
    if not files:
        return
    read = "read_parquet(?, hive_partitioning = false, union_by_name = true)"
    there = {row[0] for row in con.execute(f"describe select * from {read}", [files]).fetchall()}
    columns = [f'"{name}"' if name in there else "null" for name in contract_columns(model)]
    con.execute(f"insert into ledger.{table} select {', '.join(columns)} from {read}", [files])
