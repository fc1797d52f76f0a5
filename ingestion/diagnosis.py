"""Why an export could not be typed: the rows and columns that do not fit, found by reading it once more."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from ingestion import casting
from ingestion.casting import quoted
from ingestion.declared import Check, Column
from ingestion.export import Export, file_of
from ingestion.findings import ExportRefused, Finding, shortened
from ingestion.registry import Source

SHOWN_PER_COLUMN = 20
# What DuckDB raises when values do not fit; most else (no memory, no disk) is not the export's fault.
MISFIT = (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException)
NOT_NUMBERS = {"nan", "inf", "infinity"}


@contextmanager
def refused_with_reasons(con: duckdb.DuckDBPyConnection, opened: Export, source: Source) -> Iterator[None]:
    """Raises ExportRefused, naming rows and columns, for what DuckDB raises within because of the export."""
    try:
        yield
    except duckdb.Error as error:
        # no class of their own have the errors about damaged Parquet
        if not isinstance(error, MISFIT) and type(error) is not duckdb.Error:
            raise
        raise ExportRefused(diagnose(con, opened, source, error)) from None


def diagnose(con: duckdb.DuckDBPyConnection, opened: Export, source: Source, error: Exception) -> list[Finding]:
    """The findings behind a failed cast; where no value explains it, what DuckDB said of the file."""
    columns = {name: column for name, column in source.columns.items() if name in opened.columns}
    tests = ", ".join(f"count(*) FILTER ({casting.misfit(name, column)})" for name, column in columns.items())
    try:
        (counts,) = con.execute(f"SELECT {tests} FROM raw").fetchall()
    except duckdb.Error as unreadable:
        return [_unreadable(opened, unreadable)]
    findings = []
    for (name, column), count in zip(columns.items(), counts, strict=True):
        if count:
            findings += _misfits(con, opened, name, column, count)
    return findings or [_unreadable(opened, error)]


def held_to_checks(con: duckdb.DuckDBPyConnection, opened: Export, source: Source) -> tuple[Finding, ...]:
    """Hold the records to the rules that their source declares of them: the warnings, each naming the first such row.

    Raises ExportRefused naming the rows that break a critical rule.
    """
    findings: list[Finding] = []
    for check in source.checks:
        shown = SHOWN_PER_COLUMN if check.severity == "critical" else 1
        query = f"SELECT _row, count(*) OVER () FROM export WHERE NOT ({check.holds}) ORDER BY ALL LIMIT {shown}"
        with refused_with_reasons(con, opened, source):
            rows = con.execute(query).fetchall()
        findings += [_broken(check, file_of(con, opened, row), row, count) for row, count in rows]
    if any(finding.severity == "critical" for finding in findings):
        raise ExportRefused(finding for finding in findings if finding.severity == "critical")
    return tuple(findings)


def _broken(check: Check, file: str, row: int, count: int) -> Finding:
    more = f" ({count:,} rows do not)" if check.severity == "warning" else ""
    message = f"breaks a rule of the export: {check.plain}{more}"
    return Finding(check.rule, message, check.cure, file, row, severity=check.severity)


def _misfits(con: duckdb.DuckDBPyConnection, opened: Export, name: str, column: Column, count: int) -> list[Finding]:
    test = casting.misfit(name, column)
    query = f"SELECT _row, {quoted(name)} FROM raw WHERE {test} ORDER BY _row LIMIT {SHOWN_PER_COLUMN}"
    more = f" (the first of {count:,} such rows)" if count > 1 else ""
    findings = []
    for row, value in con.execute(query).fetchall():
        rule, message, cure = _said(value, column)
        findings.append(Finding(rule, message + more, cure, file_of(con, opened, row), row, name))
        more = ""
    return findings


def _said(value: str | None, column: Column) -> tuple[str, str, str]:
    if value is None:
        return "filled", "is empty", "every row needs it; ask the provider for a whole export"
    if value.strip().lstrip("+-").lower() in NOT_NUMBERS:
        return "not_a_number", f"holds {value.strip()}, which is no amount", "ask the provider for a correct export"
    if column.allowed and value not in column.allowed:
        return "allowed", f"holds {shortened(value)}", f"it must be one of: {', '.join(column.allowed)}"
    should = casting.WHAT_IT_SHOULD_BE.get(column.type, "text")
    return "type", f"holds {shortened(value)}, which is not {should}", "correct the export and deliver it again"


def _unreadable(opened: Export, error: Exception) -> Finding:
    """What DuckDB says of a file it cannot read, without its paths and its advice on options."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = next((line for line in lines[1:] if "Expected" in line or "Value" in line or "quote" in line), lines[0])
    line = re.search(r"Line:\s*(\d+)", str(error))
    row = int(line[1]) - 1 if line else None  # DuckDB counts the header too
    name = next((part.name for part in opened.parts if part.path.name in str(error)), opened.names[0])
    message = f"cannot be read: {re.sub(r'[^ ]*/[^ ]*', '…', said)}"
    return Finding("format", message, "export it again and deliver it under a new name", name, row)
