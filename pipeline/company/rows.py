"""What rows must be to each other: keys, references, intervals, and two persons where two are asked for."""

import duckdb

from ingestion.findings import Finding, shortened
from pipeline.company.declared import Column, Interval, Table
from pipeline.company.reading import ROW

FOREVER = "date '9999-12-31'"


def check_rows(con: duckdb.DuckDBPyConnection, name: str, table: Table) -> list[Finding]:
    """Findings for the rows of typed.<name>."""
    found = _duplicates(con, name, table.key) if table.key else []
    for column, rule in table.columns.items():
        found += _dangling(con, name, column, rule)
        found += _lists(con, name, column, rule.list_of) if rule.list_of else []
    if table.differ:
        found += _same_person(con, name, *table.differ)
    if table.interval:
        found += _reversed(con, name, table.interval) + _overlapping(con, name, table.interval)
        found += _gaps(con, name, table.interval) if table.interval.without_gaps else []
    return found


def _duplicates(con: duckdb.DuckDBPyConnection, name: str, key: tuple[str, ...]) -> list[Finding]:
    columns = ", ".join(f'"{column}"' for column in key)
    again = con.execute(
        f"""
        select {ROW}, first_row from (
            select {ROW}, min({ROW}) over (partition by {columns}) as first_row from typed.{name}
        ) where {ROW} > first_row order by {ROW}
        """
    ).fetchall()
    cure = "keep one of the two rows, or give the second another key"
    return [
        Finding("duplicate-key", f"the same {' and '.join(key)} as row {first}", cure, f"{name}.csv", row, key[0])
        for row, first in again
    ]


def _dangling(con: duckdb.DuckDBPyConnection, name: str, column: str, rule: Column) -> list[Finding]:
    if not rule.references:
        return []
    cases = rule.references if isinstance(rule.references, dict) else {"": rule.references}
    found = []
    for case, target in cases.items():
        other, key = target.split(".")
        only = f"and x.\"{rule.by}\" = '{case}'" if case else ""
        if case:
            found += _ownerless(con, name, column, only)
        lost = con.execute(
            f"""
            select x.{ROW}, x."{column}" from typed.{name} x
            where x."{column}" is not null {only}
              and x."{column}" not in (select "{key}" from typed.{other} where "{key}" is not null)
            order by x.{ROW}
            """
        ).fetchall()
        cure = f"correct it, or add it to {other}.csv"
        found += [
            Finding(
                "dangling-reference", f"{shortened(value)} is not a {key} of {other}.csv", cure, *_at(name, row, column)
            )
            for row, value in lost
        ]
    return found


def _ownerless(con: duckdb.DuckDBPyConnection, name: str, column: str, only: str) -> list[Finding]:
    empty = con.execute(f'select x.{ROW} from typed.{name} x where x."{column}" is null {only} order by 1').fetchall()
    return [Finding("required", "the cell is empty", f"fill in {column}", *_at(name, row, column)) for (row,) in empty]


def _at(name: str, row: int, column: str) -> tuple[str, int, str]:
    return f"{name}.csv", row, column


def _lists(con: duckdb.DuckDBPyConnection, name: str, column: str, targets: tuple[str, ...]) -> list[Finding]:
    """`id:weight` pairs separated by semicolons, each id known."""
    named = [target.split(".") for target in targets]
    known = " union all ".join(f'select "{key}" from typed.{other} where "{key}" is not null' for other, key in named)
    bad = con.execute(
        f"""
        with pairs as (
            select {ROW}, trim(unnest(string_split("{column}", ';'))) as pair
            from typed.{name} where "{column}" is not null
        )
        select {ROW}, pair from pairs
        where not regexp_full_match(pair, '[^:;]+(:\\d{{1,12}}(\\.\\d{{1,6}})?)?')
           or split_part(pair, ':', 1) not in ({known})
        order by {ROW}, pair
        """
    ).fetchall()
    keys = " or ".join(key for _, key in named)
    files = " or ".join(f"{other}.csv" for other, _ in named)
    cure = f"write {keys}:weight pairs separated by semicolons, each {keys} being in {files}"
    return [
        Finding("dangling-reference", f"{shortened(pair)} is no known {keys}:weight", cure, *_at(name, row, column))
        for row, pair in bad
    ]


def _same_person(con: duckdb.DuckDBPyConnection, name: str, first: str, second: str) -> list[Finding]:
    alone = con.execute(
        f'select {ROW}, "{second}" from typed.{name} where lower(trim("{first}")) = lower(trim("{second}")) order by 1'
    ).fetchall()
    cure = "have somebody else approve it"
    return [
        Finding("self-approved", f"{shortened(who)} is in {first} and in {second}", cure, *_at(name, row, second))
        for row, who in alone
    ]


def _reversed(con: duckdb.DuckDBPyConnection, name: str, interval: Interval) -> list[Finding]:
    wrong = con.execute(
        f"""
        select {ROW}, "{interval.start}", "{interval.end}" from typed.{name}
        where "{interval.end}" <= "{interval.start}" order by {ROW}
        """
    ).fetchall()
    cure = f"{interval.end} is the first day it no longer holds: write a later day, or leave it empty"
    return [
        Finding("dates-reversed", f"ends on {end}, not after its start {start}", cure, *_at(name, row, interval.end))
        for row, start, end in wrong
    ]


def _overlapping(con: duckdb.DuckDBPyConnection, name: str, interval: Interval) -> list[Finding]:
    start, end = interval.start, interval.end
    same = " and ".join(f'a."{column}" is not distinct from b."{column}"' for column in interval.of)
    both = con.execute(
        f"""
        select b.{ROW}, a.{ROW}, greatest(a."{start}", b."{start}"), b."{interval.of[0]}"
        from typed.{name} a join typed.{name} b on {same} and a.{ROW} < b.{ROW}
        where a."{start}" < coalesce(b."{end}", {FOREVER}) and b."{start}" < coalesce(a."{end}", {FOREVER})
        order by b.{ROW}, a.{ROW}
        """
    ).fetchall()
    cure = f"end the earlier row with {end} on the day the later one starts"
    return [
        Finding("overlap", f"{what} holds twice from {day}: also in row {other}", cure, *_at(name, row, start))
        for row, other, day, what in both
    ]


def _gaps(con: duckdb.DuckDBPyConnection, name: str, interval: Interval) -> list[Finding]:
    start, end = interval.start, interval.end
    same = ", ".join(f'"{column}"' for column in interval.of)
    left_out = con.execute(
        f"""
        select {ROW}, ended, "{start}", "{interval.of[0]}" from (
            select *, max(coalesce("{end}", {FOREVER})) over (
                partition by {same} order by "{start}", {ROW} rows between unbounded preceding and 1 preceding
            ) as ended from typed.{name}
        ) where ended < "{start}" order by {ROW}
        """
    ).fetchall()
    cure = "start this row on the day the one before ends, or add a row that says what holds on these days"
    return [
        Finding("gap", f"nothing holds for {what} from {ended} to {day} (excluded)", cure, *_at(name, row, start))
        for row, ended, day, what in left_out
    ]
