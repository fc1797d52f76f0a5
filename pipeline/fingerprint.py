"""The content of the finance tables in short: rows and a digest per model and period.

Equal digests mean equal rows in whatever order, so publishing and the record of a build can tell what changed
without keeping the rows.
"""

import duckdb


def finance_models(con: duckdb.DuckDBPyConnection, database: str | None = None) -> dict[str, bool]:
    """The tables of schema `finance`, sorted, and whether a table is kept by period.

    Facts and reports with a column `period` are; dimensions are told whole.
    """
    found = con.execute(
        "select table_name, bool_or(column_name = 'period') from duckdb_columns() "
        "where schema_name = 'finance' and database_name = coalesce(?, current_database()) "
        "group by table_name order by table_name",
        [database],
    ).fetchall()
    return {name: has_period and not name.startswith("dim_") for name, has_period in found}


def fingerprints(con: duckdb.DuckDBPyConnection, periods: list[str]) -> list[tuple[str, str, int, str]]:
    """(model, period, rows, digest) of every finance table after a build of `periods`; '' for one told whole.

    Facts of other periods stand as they were and are not read. A report may be drawn anew for all periods (the age of
    the pool is), and is small. Each of `periods` is listed even when a table has no rows in it.
    """
    found: list[tuple[str, str, int, str]] = []
    for model, by_period in finance_models(con).items():
        if not by_period:
            told = _told(con, f"select '' as period, t from finance.{model} as t")
        elif model.startswith("fct_"):
            told = _told(
                con, f"select period, t from finance.{model} as t where list_contains($periods, period)", periods
            )
        else:
            told = _told(con, f"select period, t from finance.{model} as t")
        listed = sorted({*told, *periods}) if by_period else [""]
        found += [(model, period, *told.get(period, (0, ""))) for period in listed]
    return found


def _told(con: duckdb.DuckDBPyConnection, rows: str, periods: list[str] | None = None) -> dict[str, tuple[int, str]]:
    """(rows, digest) per period of a query giving (period, row). Sums of md5 halves: blind to order, not to repeats."""
    found = con.execute(
        f"""
        with texts as (select period, cast(t as varchar) as line from ({rows}))
        select period, count(*), sum(md5_number_upper(line)), sum(md5_number_lower(line)) from texts group by period
        """,
        {"periods": periods} if periods is not None else None,
    ).fetchall()
    return {period: (count, f"{upper:x}-{lower:x}") for period, count, upper, lower in found}
