"""What a cell must be on its own: present where required, of its type, one of the values allowed."""

import duckdb

from ingestion.findings import Finding, shortened
from pipeline.company.declared import PATTERNS, Column, Table
from pipeline.company.reading import ROW


def check_cells(con: duckdb.DuckDBPyConnection, name: str, table: Table) -> list[Finding]:
    """Findings for the cells of text.<name>, by row."""
    tests = [
        f"{{'name': '{column}', 'value': x.\"{column}\", 'bad': {_fault(column, rule)}}}"
        for column, rule in table.columns.items()
    ]
    patterns = {f"p_{column}": _pattern(rule)[0] for column, rule in table.columns.items() if _pattern(rule)[0]}
    found = con.execute(
        f"""
        select {ROW}, cell['name'], cell['value'] from (
            select {ROW}, unnest([{", ".join(tests)}]) as cell
            from text.{name} x join typed.{name} t using ({ROW})
        ) where cell['bad'] order by {ROW}
        """,
        patterns or None,
    ).fetchall()
    return [_finding(f"{name}.csv", row, column, value, table.columns[column]) for row, column, value in found]


def _fault(column: str, rule: Column) -> str:
    """SQL that is true where the cell is wrong."""
    empty = f'x."{column}" is null'
    if not _pattern(rule)[0]:
        return empty if rule.required else "false"
    # 2026-02-30 looks like a date: the cast must succeed as well.
    wrong = f'not regexp_full_match(x."{column}", $p_{column}) or t."{column}" is null'
    return f"{empty} or {wrong}" if rule.required else f"not ({empty}) and ({wrong})"


def _finding(file: str, row: int, column: str, value: str | None, rule: Column) -> Finding:
    if value is None:
        return Finding("required", "the cell is empty", f"fill in {column}", file, row, column)
    cure = f"write {_pattern(rule)[1]}"
    if rule.allowed:
        return Finding("allowed", f"{shortened(value)} is not known here", cure, file, row, column)
    return Finding("type", f"{shortened(value)} does not fit", cure, file, row, column)


def _pattern(rule: Column) -> tuple[str, str]:
    """The text that the column takes and how to say it; ("", "") where anything goes."""
    if rule.allowed:
        return "|".join(rule.allowed), "one of " + ", ".join(rule.allowed)
    if rule.pattern:
        return rule.pattern, rule.hint
    return PATTERNS.get(rule.type, ("", ""))
