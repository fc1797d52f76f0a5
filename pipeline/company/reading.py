"""Company CSV files into DuckDB: first all as text (schema `text`), then typed (schema `typed`), every row numbered.

A cell that is no value of its type is empty in `typed`, so that one bad cell does not hide what else is wrong.
"""

import csv
import io
from difflib import get_close_matches
from pathlib import Path

import duckdb

from ingestion.findings import Finding
from pipeline.company.declared import DUCKDB_TYPES, Table

ROW = "file_row"  # 1 is the first row under the header


def read_table(con: duckdb.DuckDBPyConnection, folder: Path, name: str, table: Table) -> list[Finding]:
    """Make text.<name> and typed.<name> from `folder`/<name>.csv; both are empty when there is no such file."""
    path = folder / f"{name}.csv"
    findings: list[Finding] = []
    present: list[str] = []
    if path.exists():
        header, findings = _header(path)
        findings += _columns(path.name, header, table)
        if header and not any(finding.rule in ("unreadable", "header") for finding in findings):
            findings += _rows(con, path, name, header)
            present = header
    if not present:
        con.execute(f"create table raw.{name} (empty varchar)")
    _project(con, name, table, present)
    return findings


def _header(path: Path) -> tuple[list[str], list[Finding]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = Finding("unreadable", f"byte {error.start} is not UTF-8", "save the file as UTF-8", path.name)
        return [], [found]
    header = next(csv.reader(io.StringIO(text)), [])
    if not header:
        cure = "write the header line, or delete the file if there is nothing to tell"
        return [], [Finding("unreadable", "the file is empty", cure, path.name)]
    twice = sorted({column for column in header if header.count(column) > 1 or not column})
    return header, [_header_fault(path.name, column) for column in twice]


def _header_fault(file: str, column: str) -> Finding:
    if not column:
        return Finding("header", "a column has no name", "name it or remove it", file, 0)
    return Finding("header", "the column appears twice", "keep one of them", file, 0, column)


def _columns(file: str, header: list[str], table: Table) -> list[Finding]:
    needed = [name for name, column in table.columns.items() if not column.optional]
    missing = [column for column in needed if column not in header] if header else []
    unknown = [column for column in header if column and column not in table.columns]
    found = []
    for column in missing:
        near = get_close_matches(column, unknown, 1)
        cure = f"rename {near[0]!r} to {column!r}" if near else "add the column; its cells may be empty unless required"
        found.append(Finding("missing-column", "the column is missing", cure, file, 0, column))
    for column in unknown:
        cure = "nothing reads it: remove it, or correct its name"
        found.append(Finding("unknown-column", "the column is not known", cure, file, 0, column, "warning"))
    return found


def _rows(con: duckdb.DuckDBPyConnection, path: Path, name: str, header: list[str]) -> list[Finding]:
    """All cells as text into raw.<name>; a row that is no row of this table is a finding."""
    con.execute(
        f"""
        create table raw.{name} as select row_number() over () as {ROW}, *
        from read_csv($path, columns = $columns, header = true, auto_detect = false, delim = ',', quote = '"',
                      escape = '"', nullstr = '', null_padding = false, store_rejects = true,
                      rejects_table = 'rejects_{name}', rejects_scan = 'scans_{name}', rejects_limit = 0)
        """,
        {"path": str(path), "columns": dict.fromkeys(header, "VARCHAR")},
    )
    rejected = con.execute(f"select line - 1, min(error_message) from rejects_{name} group by 1 order by 1").fetchall()
    for row, _ in rejected:  # a row that was left out still counts
        con.execute(f"update raw.{name} set {ROW} = {ROW} + 1 where {ROW} >= ?", [row])
    cure = f"give the row {len(header)} cells; put a cell that holds a comma or a line break in double quotes"
    return [
        Finding("row", f"not a row of this table: {message.splitlines()[0]}", cure, path.name, row)
        for row, message in rejected
    ]


def _project(con: duckdb.DuckDBPyConnection, name: str, table: Table, present: list[str]) -> None:
    """text.<name> and typed.<name> with the columns of the contract, in its order."""
    as_text = [f'"{c}"' if c in present else f'cast(null as varchar) as "{c}"' for c in table.columns]
    row = ROW if present else f"cast(0 as bigint) as {ROW}"
    con.execute(f"create table text.{name} as select {row}, {', '.join(as_text)} from raw.{name}")
    typed = [f'try_cast("{c}" as {DUCKDB_TYPES[column.type]}) as "{c}"' for c, column in table.columns.items()]
    con.execute(f"create table typed.{name} as select {ROW}, {', '.join(typed)} from text.{name}")
