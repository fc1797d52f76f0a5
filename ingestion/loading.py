"""One archived export becomes typed Parquet, one file a period, streaming.

Same bytes, same Parquet. A value that does not fit stops the pass; only then is the export read again to say where.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion import batches, buckets, columnar, diagnosis, export, focus, windows
from ingestion.ahead import ahead
from ingestion.archive import Part, content_hash, load_id_of
from ingestion.casting import literal, quoted
from ingestion.findings import ExportRefused, Finding
from ingestion.registry import Source, SourceError
from ingestion.splitting import ROW_GROUP, StagedFile, split

PASSING = f"(FORMAT parquet, COMPRESSION uncompressed, ROW_GROUP_SIZE {ROW_GROUP})"  # written to be read once
IN_ORDER = "BATCH_COPY_TO_FILE"  # how DuckDB's plan says that threads write rows in the order they came in
ORIGIN = ("x_Source", "x_Account", "x_LoadId", "x_SourceRow")


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
        warned = diagnosis.held_to_checks(con, opened, source)
        files, records = _typed(con, opened, source, account, load_id, staging)
        if records == 0 and opened.window is None and source.window != "buckets":
            raise ExportRefused([Finding("empty", "has a header but no rows", "export it again", parts[0].name)])
        window = opened.window or _window(con, opened, files, source)
        totals = _totals(con, files, source)
        warnings = (*opened.warnings, *warned, *export.rounded(con, opened, source))
    counted = records if opened.records is None else opened.records
    return LoadResult(load_id, sha256, files, counted, totals, *window, warnings)


def _typed(
    con: duckdb.DuckDBPyConnection, opened: export.Export, source: Source, account: str, load_id: str, staging: Path
) -> tuple[tuple[StagedFile, ...], int]:
    """One file a period, and the last row's number; rows without a date are of the month of the window's first day."""
    undated = f"{opened.window[0]:%Y-%m}" if opened.window else ""
    select = partial(_select, source=source, account=account, load_id=load_id)
    reasons = diagnosis.refused_with_reasons(con, opened, source)
    with tempfile.TemporaryDirectory(dir=staging) as scratch, reasons:
        with contextlib.suppress(pa.ArrowInvalid):  # DuckDB reads it, or says what is wrong with it
            stored = columnar.stored(con, opened.parts, opened.files) if source.row_per_record else None
            if stored:
                rows = batches.typed_rows(stored, opened, source, account, select, Path(scratch))
                return split(rows, source, staging, undated)
        return split(_written(con, source, select(con), Path(scratch)), source, staging, undated)


def _written(con: duckdb.DuckDBPyConnection, source: Source, query: str, scratch: Path) -> Iterator[pa.Table]:
    """The rows by way of a file, since DuckDB gives a long result out on one core.

    Arrow copies texts by their dictionaries, at a third of what reading and writing the values costs.
    """
    whole = scratch / "whole.parquet"
    copy = f"COPY ({query}) TO {literal(str(whole))} {PASSING}"
    if source.row_per_record and IN_ORDER not in con.execute(f"EXPLAIN {copy}").fetchall()[0][1]:
        raise SourceError(f"{source.folder}: DuckDB does not keep the rows in order; leave row_per_record out")
    con.execute(copy)
    schema = focus.DATASETS[source.dataset]
    if not pq.read_schema(whole).equals(schema):
        raise SourceError(
            f"{source.folder}: Parquet came out as {pq.read_schema(whole)}, not as the dataset {source.dataset}"
        )
    texts = [field.name for field in schema if field.type == focus.TEXT]
    with pq.ParquetFile(whole, read_dictionary=texts) as file:
        yield from ahead(file.read_row_group(place) for place in range(file.num_row_groups))


def _select(con: duckdb.DuckDBPyConnection, *, source: Source, account: str, load_id: str) -> str:
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
    if source.identity and "x_RecordId" not in given:
        raise SourceError(f"{source.folder / f'{source.dataset}.sql'}: must give x_RecordId, which is _record")
    origin = dict(zip(ORIGIN, (literal(source.id), literal(account), literal(load_id), "given._row"), strict=True))
    columns = []
    for field in schema:
        value = origin.get(field.name) or (f"given.{quoted(field.name)}" if field.name in given else "NULL")
        columns.append(f"CAST({value} AS {focus.duckdb_type(field.type)}) AS {quoted(field.name)}")
    return f"SELECT {', '.join(columns)} FROM ({query}) AS given"


def _window(
    con: duckdb.DuckDBPyConnection, opened: export.Export, files: Sequence[StagedFile], source: Source
) -> tuple[date, date]:
    if source.window != "buckets":
        return windows.of_rows(con, [file.path for file in files], source)
    with diagnosis.refused_with_reasons(con, opened, source):
        return buckets.window_of_table(con, opened.names[0], source)


def _totals(con: duckdb.DuckDBPyConnection, files: Sequence[StagedFile], source: Source) -> dict[str, str]:
    """The control total per currency as exact text; of usage, the quantity per unit."""
    if not files or source.dataset not in focus.CONTROL_TOTAL:
        return {}
    amount, currency = focus.CONTROL_TOTAL[source.dataset]
    read = f"read_parquet([{', '.join(literal(str(file.path)) for file in files)}], hive_partitioning = false)"
    query = f"SELECT {currency}, CAST(sum({amount}) AS VARCHAR) FROM {read} GROUP BY ALL ORDER BY ALL"
    return {str(unit): total for unit, total in con.execute(query).fetchall()}
