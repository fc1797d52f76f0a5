"""What other tools open: the serving database, and Parquet per model.

Each file is written beside its place and moved there whole, so a reader holds the old file or the new one.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.content import replacing


@contextmanager
def warehouse_reader(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own with the warehouse attached, read-only, as `warehouse`."""
    with duckdb.connect() as con:
        con.execute(f"attach '{_quoted(warehouse)}' as warehouse (read_only)")
        yield con


def write_database(con: duckdb.DuckDBPyConnection, path: Path, models: Sequence[str]) -> None:
    """Schema `finance` as a database of its own, with its constraints, and nothing else of the warehouse.

    The tables lie in `main` and each has a view in `finance`: whoever opens the file itself has a database called
    finance too, where DuckDB takes `finance.x` for ambiguous, and needs names that stand alone.
    """
    with replacing(path) as temporary:
        con.execute(f"attach '{_quoted(temporary)}' as serving")
        con.execute("use serving")
        con.execute("create schema finance")
        for model in models:
            con.execute(_definition(con, model).replace("TABLE finance.", "TABLE main.", 1))
            con.execute(f"insert into main.{model} select * from warehouse.finance.{model} {_order(con, model)}")
            con.execute(f"create view finance.{model} as select * from main.{model}")
        con.execute("use memory")
        con.execute("detach serving")


def write_parquet(con: duckdb.DuckDBPyConnection, path: Path, model: str, period: str) -> None:
    """One model's rows of one period (all of them for period '') as Parquet; a file without rows keeps the columns."""
    where = "where period = $period" if period else ""
    rows = f"select * from warehouse.finance.{model} {where} {_order(con, model)}"
    _copy(con, rows, path, "format parquet, compression zstd", period)


def _copy(con: duckdb.DuckDBPyConnection, rows: str, path: Path, options: str, period: str) -> None:
    with replacing(path) as temporary:
        values = {"period": period} if period else None
        con.execute(f"copy ({rows}) to '{_quoted(temporary)}' ({options})", values)


def _definition(con: duckdb.DuckDBPyConnection, model: str) -> str:
    """The CREATE TABLE of a model as the warehouse has it."""
    row = con.execute(
        "select sql from duckdb_tables() where database_name = 'warehouse' and schema_name = 'finance' "
        "and table_name = ?",
        [model],
    ).fetchone()
    assert row is not None, model
    return str(row[0])


def _order(con: duckdb.DuckDBPyConnection, model: str) -> str:
    """Facts that begin with an id are in its order, the rest, which is small, in that of all columns.

    So equal books give equal files.
    """
    first = con.execute(
        "select column_name from duckdb_columns() where database_name = 'warehouse' and schema_name = 'finance' "
        "and table_name = ? order by column_index limit 1",
        [model],
    ).fetchone()
    return "order by 1" if model.startswith("fct_") and first and first[0].endswith("_id") else "order by all"


def _quoted(text: object) -> str:
    return str(text).replace("'", "''")
