"""What a cell must be on its own: present where required, of its type, one of the values allowed."""

import duckdb

from ingestion.findings import Finding, shortened
from pipeline.company.declared import PATTERNS, Column, Table
from pipeline.company.reading import ROW


def check_cells(con: duckdb.DuckDBPyConnection, name: str, table: Table) -> list[Finding]:
    """Findings for the cells of text.<name>, by column, then row."""
    return [finding for column, rule in table.columns.items() for finding in _check(con, name, column, rule)]


def _check(con: duckdb.DuckDBPyConnection, name: str, column: str, rule: Column) -> list[Finding]:
    file = f"{name}.csv"
    found = []
    if rule.required:
        for row, _ in _where(con, name, column, f'"{column}" is null', []):
            found.append(Finding("required", "the cell is empty", f"fill in {column}", file, row, column))
    pattern, cure = _pattern(rule)
    if pattern:
        bad = f'not regexp_full_match("{column}", $pattern)'
        # 2026-02-30 looks like a date: the cast must succeed as well.
        uncast = f'(select t."{column}" is null from typed.{name} t where t.{ROW} = x.{ROW})'
        for row, value in _where(con, name, column, f'"{column}" is not null and ({bad} or {uncast})', [pattern]):
            kind = "allowed" if rule.allowed else "type"
            message = f"{shortened(value)} is not {'known here' if rule.allowed else 'such a value'}"
            found.append(Finding(kind, message, f"write {cure}", file, row, column))
    return found


def _pattern(rule: Column) -> tuple[str, str]:
    """The text that the column takes and how to say it; ("", "") where anything goes."""
    if rule.allowed:
        return "|".join(rule.allowed), "one of " + ", ".join(rule.allowed)
    if rule.pattern:
        return rule.pattern, rule.hint
    return PATTERNS.get(rule.type, ("", ""))


def _where(
    con: duckdb.DuckDBPyConnection, name: str, column: str, condition: str, pattern: list[str]
) -> list[tuple[int, str]]:
    """(row, value) of the rows for which `condition` holds."""
    return con.execute(
        f'select {ROW}, "{column}" from text.{name} x where {condition} order by {ROW}',
        {"pattern": pattern[0]} if pattern else None,
    ).fetchall()
