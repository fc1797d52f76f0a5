"""An export of any format as one DuckDB view, `export`: its declared columns typed, `_row`, `_page` and `_account`.

Behind it stands `raw`, the same rows as exact texts, which is read again only to say what is wrong, and behind that, of
tables, `lines`, also those that are no records. Rows that will be numbered by their place in the lake have no `_row`.
"""

import difflib
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

import duckdb

from ingestion import buckets, casting, pages, picking, tables, windows
from ingestion.archive import Part
from ingestion.casting import literal, quoted
from ingestion.findings import ExportRefused, Finding, Severity
from ingestion.registry import MACROS, Source

MEMORY = "3GB"  # what DuckDB may reserve; with less it writes wide Parquet on one core. In use are about 1.2 GB at most
CHEAP = 64 << 20  # bytes of an export up to which it is read once more, to count what rounding touched


@dataclass(frozen=True)
class Export:
    """What is known of an opened export before its rows are typed. `records` is None where only the rows can tell;
    `files` is empty unless of every part it is known how a reader other than DuckDB reads it."""

    parts: tuple[Part, ...]
    columns: frozenset[str]
    warnings: tuple[Finding, ...]
    records: int | None = None
    window: tuple[date, date] | None = None
    files: tuple[tables.Csv | tables.Parquet, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the files as delivered, in order."""
        return tuple(part.name for part in self.parts)


@contextmanager
def connection(scratch: Path, threads: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that spills into `scratch`, works in UTC, and asks no network for anything."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        # one alone plans, and cuts row groups, another way
        "threads": threads or max(2, min(os.cpu_count() or 1, 4)),
        "temp_directory": str(scratch / "spill"),
        "preserve_insertion_order": True,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with duckdb.connect(":memory:", config=settings) as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(casting.MACROS)
        yield con


def open_export(con: duckdb.DuckDBPyConnection, parts: Sequence[Part], source: Source, account: str) -> Export:
    """Make the views `raw` and `export` of a delivery. Raises ExportRefused when its structure is wrong."""
    opened = _open_pages(con, parts, source) if source.format == "json_pages" else _open_tables(con, parts, source)
    opened = replace(opened, window=opened.window or windows.of_name(parts, source))
    define(con, opened, source, account)
    return opened


def define(
    con: duckdb.DuckDBPyConnection,
    opened: Export,
    source: Source,
    account: str,
    amounts: Collection[str] = (),
) -> None:
    """Make the view `export` over the texts of a delivery, in which the columns `amounts` are numbers already."""
    typed = [_typed(name, column, opened, name in amounts) for name, column in source.columns.items()]
    row, rows = ("CAST(NULL AS BIGINT) AS _row", "texts") if source.row_per_record else ("_row", "raw")
    from_name = [f"{_day(opened, place)} AS {name}" for place, name in enumerate(("_from", "_to")) if source.name]
    told = [*map(quoted, source.carried), "_person", "_record"] if source.logged else []
    columns = ", ".join([*typed, *told, row, "_page", f"{literal(account)} AS _account", *from_name])
    con.execute(f"CREATE VIEW export AS SELECT {columns} FROM {rows}")
    for name in source.macros:  # after the view, which those that are tables are of
        con.execute((MACROS / f"{name}.sql").read_text())


def _open_pages(con: duckdb.DuckDBPyConnection, parts: Sequence[Part], source: Source) -> Export:
    read = pages.read_pages(parts, source)
    window = buckets.window(read.buckets, source) if source.buckets else None
    name = parts[0].name
    records = len(read.records)
    warnings = _check_columns(read.columns, source, name) if records else ()
    con.register("raw_records", read.records)
    con.execute("CREATE VIEW raw AS SELECT * FROM raw_records")
    columns = frozenset(read.columns)
    return Export(tuple(parts), columns, warnings, records, window)


def _open_tables(con: duckdb.DuckDBPyConnection, parts: Sequence[Part], source: Source) -> Export:
    if source.logged:
        return _open_log(con, parts, source)
    _refuse_twice(parts, source)
    scans = [tables.scan(con, part, source) for part in parts]
    warnings: list[Finding] = []
    for part, scan in zip(parts, scans, strict=True):
        if not (source.buckets and buckets.none_filled(scan.columns, source.buckets)):
            warnings += _check_columns(scan.columns, source, part.name)
    columns = frozenset(name for scan in scans for name in scan.columns)
    paged = (f"SELECT *, {page} AS _page FROM ({scan.sql})" for page, scan in enumerate(scans, 1))
    rows = " UNION ALL BY NAME ".join(paged)
    con.execute(f"CREATE VIEW lines AS {rows}")
    records = [source.only] if source.only else []
    records += [buckets.is_filled(columns, source.buckets)] if source.buckets else []
    where = f" WHERE {' AND '.join(f'({one})' for one in records)}" if records else ""
    con.execute(f"CREATE VIEW texts AS SELECT * FROM lines{where}")
    con.execute("CREATE VIEW raw AS SELECT *, row_number() OVER () AS _row FROM texts")
    files = tuple(scan.stored for scan in scans if scan.stored)
    return Export(tuple(parts), columns, tuple(warnings), files=files if len(files) == len(scans) else ())


def _open_log(con: duckdb.DuckDBPyConnection, parts: Sequence[Part], source: Source) -> Export:
    scan = tables.scan_log(con, parts, source)
    warnings = _check_columns(scan.columns, source, parts[0].name)
    con.execute(f"CREATE VIEW lines AS {scan.sql}")
    picking.pick(con, parts, source, scan.columns)
    return Export(tuple(parts), frozenset(scan.columns), warnings)


def _refuse_twice(parts: Sequence[Part], source: Source) -> None:
    """The same table twice in a folder, perhaps under two names, would count its money twice."""
    first: dict[str, str] = {}
    for part in parts:
        if source.format != "json_lines" and part.sha256 in first:
            message = f"holds the same bytes as {first[part.sha256]}, which is in the same delivery"
            raise ExportRefused([Finding("twice", message, "deliver each file once", part.name)])
        first[part.sha256] = part.name


def _typed(name: str, column: casting.Column, opened: Export, number: bool) -> str:
    known = name in opened.columns
    if column.gathered:
        return f"{casting.gathered((name, *column.also), sorted(opened.columns))} AS {quoted(name)}"
    value = casting.strict(name, column, number) if known else f"CAST(NULL AS {casting.DUCKDB_TYPES[column.type]})"
    return f"{value} AS {quoted(name)}"


def _day(opened: Export, place: int) -> str:
    return f"DATE {literal(opened.window[place].isoformat())}" if opened.window else "CAST(NULL AS DATE)"


def _check_columns(found: Collection[str], source: Source, name: str) -> tuple[Finding, ...]:
    """Refuse a missing required column, naming what may be it under a new name; warn of unknown ones."""
    strange = sorted(set(found) - set(source.columns))
    missing = [column for column, declared in source.columns.items() if declared.required and column not in found]
    if missing:
        raise ExportRefused(_missing(column, strange, source, name) for column in missing)
    unknown = [column for column in strange if not _known(column, source)]
    if not unknown:
        return ()
    message = f"has columns that {source.id} does not know: {', '.join(unknown)}; they are not loaded"
    cure = "nothing to do unless they matter: then declare them in source.yml"
    severity: Severity = "info" if all(column.startswith("x_") for column in unknown) else "warning"
    return (Finding("unknown_columns", message, cure, name, severity=severity),)


def _known(column: str, source: Source) -> bool:
    gathering = [(name, *declared.also) for name, declared in source.columns.items() if declared.gathered]
    gathered = (f"{prefix}*" for prefixes in gathering for prefix in prefixes)
    return any(fnmatchcase(column, pattern) for pattern in (*source.not_loaded, *gathered))


def _missing(column: str, strange: Sequence[str], source: Source, name: str) -> Finding:
    folded = {other.lower(): other for other in strange}
    near = difflib.get_close_matches(column.lower(), folded, n=1, cutoff=0.6)
    guess = f"; was it renamed to {folded[near[0]]}?" if near else ""
    cure = f"deliver the export as {source.title} gives it, with {column}"
    return Finding("required_column", f"lacks the column {column}{guess}", cure, name, column=column)


def file_of(con: duckdb.DuckDBPyConnection, opened: Export, row: int) -> str:
    """The name of the file that a row is in."""
    if len(opened.names) == 1:
        return opened.names[0]
    (page,) = con.execute("SELECT _page FROM raw WHERE _row = ?", [row]).fetchall()[0]
    return opened.names[page - 1]


def rounded(con: duckdb.DuckDBPyConnection, opened: Export, source: Source) -> tuple[Finding, ...]:
    """A note for each column of amounts with more decimal places than the lake keeps; large exports are not counted."""
    amounts = [
        name
        for name, column in source.columns.items()
        if column.type in ("decimal", "cents") and name in opened.columns
    ]
    if not amounts or sum(part.bytes for part in opened.parts) > CHEAP:
        return ()
    counts = ", ".join(f"count(*) FILTER ({casting.over_precise(name, source.columns[name])})" for name in amounts)
    (counted,) = con.execute(f"SELECT {counts} FROM raw").fetchall()
    cure = "nothing to do: each was rounded once, half away from zero"
    return tuple(
        Finding(
            "rounded", f"{count:,} amounts have more than 12 decimal places", cure, opened.names[0], None, name, "info"
        )
        for name, count in zip(amounts, counted, strict=True)
        if count
    )
