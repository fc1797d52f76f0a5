"""One archived export becomes typed Parquet, one file a period, streaming.

Same bytes, same Parquet. A value that does not fit stops the pass; only then is the export read again to say where.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from ingestion import diagnosis, export, focus
from ingestion.archive import Part, content_hash, load_id_of
from ingestion.casting import literal, quoted
from ingestion.findings import ExportRefused, Finding
from ingestion.registry import Source, SourceError

ROW_GROUP = 122_880
PARQUET = f"(FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {ROW_GROUP})"
PASSING = f"(FORMAT parquet, COMPRESSION uncompressed, ROW_GROUP_SIZE {ROW_GROUP})"  # written to be read once
ORIGIN = ("x_Source", "x_Account", "x_LoadId", "x_SourceRow")


@dataclass(frozen=True)
class StagedFile:
    """The rows of one period (YYYY-MM of the service date), written but not yet visible."""

    path: Path
    period: str
    rows: int


@dataclass(frozen=True)
class LoadResult:
    """What one export gave: its files in staging, how many records it had, the control total per currency (of usage,
    per unit) as exact text, and the half-open days it states."""

    load_id: str
    sha256: str
    files: tuple[StagedFile, ...]
    records: int
    totals: dict[str, str]
    window_from: date
    window_to: date
    warnings: tuple[Finding, ...]

    @property
    def rows(self) -> int:
        """How many rows the records gave."""
        return sum(file.rows for file in self.files)


def load_export(parts: Sequence[Part], source: Source, account: str, staging: Path) -> LoadResult:
    """Type the archived parts of one delivery into Parquet under `staging`, which is emptied first.

    Raises ExportRefused with findings when the export cannot be right; SourceError when the source's SELECT cannot.
    """
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    sha256 = content_hash([part.sha256 for part in parts])
    load_id = load_id_of(source.id, account, sha256)
    with export.connection(staging) as con:
        opened = export.open_export(con, parts, source, account)
        diagnosis.refuse_broken_checks(con, opened, source)
        whole = staging / "whole.parquet"
        _write(con, opened, source, account, load_id, whole)
        files, records = _split(con, whole, _period(opened, source), source)
        if records == 0 and opened.window is None:
            raise ExportRefused([Finding("empty", "has a header but no rows", "export it again", parts[0].name)])
        window = opened.window or export.billing_window(con, [file.path for file in files])
        totals = _totals(con, files, source)
        warnings = (*opened.warnings, *export.rounded(con, opened, source))
    whole.unlink(missing_ok=True)
    shutil.rmtree(staging / "spill", ignore_errors=True)
    counted = records if opened.records is None else opened.records
    return LoadResult(load_id, sha256, files, counted, totals, *window, warnings)


def _write(
    con: duckdb.DuckDBPyConnection, opened: export.Export, source: Source, account: str, load_id: str, target: Path
) -> None:
    select = _select(con, source, account, load_id)
    try:
        con.execute(f"COPY ({select}) TO {literal(str(target))} {PASSING if source.row_per_record else PARQUET}")
    except diagnosis.MISFIT as error:
        raise ExportRefused(diagnosis.diagnose(con, opened, source, error)) from None
    schema = pq.read_schema(target)
    if not schema.equals(focus.DATASETS[source.dataset]):
        raise SourceError(f"{source.folder}: Parquet came out as {schema}, not as the dataset {source.dataset}")


def _select(con: duckdb.DuckDBPyConnection, source: Source, account: str, load_id: str) -> str:
    """The dataset's columns in order and type; what the source's SELECT does not give is NULL."""
    query = source.sql.rstrip().rstrip(";")
    try:
        given = [name for name, *_ in con.execute(f"DESCRIBE {query}").fetchall()]
    except duckdb.Error as error:
        raise SourceError(f"{source.folder / f'{source.dataset}.sql'}: {error}") from None
    schema = focus.DATASETS[source.dataset]
    strange = [name for name in given if name not in schema.names and name != "_row"]
    if strange or "_row" not in given:
        reason = f"gives columns that {source.dataset} has not: {strange}" if strange else "must give _row too"
        raise SourceError(f"{source.folder / f'{source.dataset}.sql'}: {reason}")
    origin = dict(zip(ORIGIN, (literal(source.id), literal(account), literal(load_id), "given._row"), strict=True))
    columns = []
    for field in schema:
        value = origin.get(field.name) or (f"given.{quoted(field.name)}" if field.name in given else "NULL")
        columns.append(f"CAST({value} AS {focus.duckdb_type(field.type)}) AS {quoted(field.name)}")
    return f"SELECT {', '.join(columns)} FROM ({query}) AS given"


def _period(opened: export.Export, source: Source) -> str:
    """SQL for a row's period: the month of its service date, or where rows have none, of the window's first day."""
    dated = focus.PERIOD_DATE.get(source.dataset)
    if dated is None and opened.window is not None:
        return literal(f"{opened.window[0]:%Y-%m}")
    return f"strftime({quoted(str(dated))}, '%Y-%m')"


def _split(
    con: duckdb.DuckDBPyConnection, whole: Path, month: str, source: Source
) -> tuple[tuple[StagedFile, ...], int]:
    """One file a period, and the last row's number; numbered rows of a single period stay as they were written."""
    read = _numbered(whole) if source.row_per_record else f"read_parquet({literal(str(whole))})"
    counts = f"{month} AS period, count(*), max(x_SourceRow)"
    counted = con.execute(f"SELECT {counts} FROM {read} GROUP BY ALL ORDER BY period").fetchall()
    if any(period is None for period, *_ in counted):
        raise ExportRefused(_undated(con, read, source))
    files = tuple(StagedFile(whole.with_name(f"{period}.parquet"), period, rows) for period, rows, _ in counted)
    stays = len(files) == 1 and not source.row_per_record
    if stays:
        whole.rename(files[0].path)
    for file in () if stays else files:
        query = f"SELECT * FROM {read} WHERE {month} = {literal(file.period)}"
        con.execute(f"COPY ({query}) TO {literal(str(file.path))} {PARQUET}")
    return files, max((last for *_, last in counted), default=0)


def _numbered(whole: Path) -> str:
    """The written rows, each numbered by its place."""
    place = "* EXCLUDE (file_row_number) REPLACE (file_row_number + 1 AS x_SourceRow)"
    return f"(SELECT {place} FROM read_parquet({literal(str(whole))}, file_row_number = true))"


def _undated(con: duckdb.DuckDBPyConnection, read: str, source: Source) -> list[Finding]:
    column = focus.PERIOD_DATE[source.dataset]
    rows = con.execute(f"SELECT x_SourceRow FROM {read} WHERE {quoted(column)} IS NULL LIMIT 20").fetchall()
    cure = "every row needs the date it is for; ask the provider for a whole export"
    return [Finding("dated", "has no date", cure, row=row, column=column) for (row,) in rows]


def _totals(con: duckdb.DuckDBPyConnection, files: Sequence[StagedFile], source: Source) -> dict[str, str]:
    """The control total per currency as exact text; of usage, the quantity per unit."""
    amount, currency = focus.CONTROL_TOTAL.get(source.dataset, ("Quantity", "Unit"))
    if not files:
        return {}
    read = f"read_parquet([{', '.join(literal(str(file.path)) for file in files)}], hive_partitioning = false)"
    query = f"SELECT {currency}, CAST(sum({amount}) AS VARCHAR) FROM {read} GROUP BY ALL ORDER BY ALL"
    return {str(unit): total for unit, total in con.execute(query).fetchall()}
