"""Typed rows, in the order of the export, become one Parquet file a period; each row is numbered on the way."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingestion import focus
from ingestion.findings import ExportRefused, Finding
from ingestion.registry import Source

ROW_GROUP = 122_880
MOST_SHOWN = 20
NUMBER = "x_SourceRow"


@dataclass(frozen=True)
class StagedFile:
    """The rows of one period (YYYY-MM of the date that decides it), written but not yet visible."""

    path: Path
    period: str
    rows: int


def split(tables: Iterable[pa.Table], source: Source, folder: Path, undated: str) -> tuple[tuple[StagedFile, ...], int]:
    """Write the rows to `folder`, one file a period; gives the files in order of period and the last row's number.

    `undated` is the period of all rows where the dataset dates none. Raises ExportRefused naming rows without a date.
    """
    last, files = 0, dict[str, _PeriodFile]()
    try:
        for table in tables:
            numbered = _numbered(table, last, source)
            last = max(last, pc.max(numbered[NUMBER]).as_py() or 0)
            for period, rows in _by_period(numbered, source, undated):
                files.setdefault(period, _PeriodFile(folder / f"{period}.parquet")).add(rows)
    finally:
        for file in files.values():
            file.close()
    return tuple(StagedFile(file.path, period, file.rows) for period, file in sorted(files.items())), last


def _numbered(table: pa.Table, before: int, source: Source) -> pa.Table:
    """Where each record is one row, its number is its place; otherwise the rows came with their numbers."""
    if not source.row_per_record:
        return table
    numbers = pa.array(np.arange(before + 1, before + 1 + table.num_rows))
    return table.set_column(table.schema.get_field_index(NUMBER), NUMBER, numbers)


def _by_period(table: pa.Table, source: Source, undated: str) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each period that a table has rows of; most have rows of one."""
    dated = focus.PERIOD_DATE.get(source.dataset)
    if dated is None or not table.num_rows:
        yield from [(undated, table)] if table.num_rows else ()
        return
    dates = table[dated]
    if dates.null_count:
        raise ExportRefused(_undated(table.filter(pc.is_null(dates))[NUMBER].to_pylist()[:MOST_SHOWN], dated))
    bounds = pc.min_max(dates).as_py()
    if f"{bounds['min']:%Y-%m}" == f"{bounds['max']:%Y-%m}":
        yield f"{bounds['min']:%Y-%m}", table
        return
    days = pc.dictionary_encode(dates.cast(pa.date32())).combine_chunks()
    months = pc.take(pc.strftime(days.dictionary, "%Y-%m"), days.indices)
    for period in pc.unique(months).to_pylist():
        yield period, table.filter(pc.equal(months, period))


def _undated(rows: Sequence[int], column: str) -> list[Finding]:
    cure = "every row needs the date it is for; ask the provider for a whole export"
    return [Finding("dated", "has no date", cure, row=row, column=column) for row in rows]


@dataclass
class _PeriodFile:
    """One period's file while it grows, in groups of ROW_GROUP rows or a little more; only the last may be smaller."""

    path: Path
    rows: int = 0
    writer: pq.ParquetWriter | None = None
    waiting: list[pa.Table] = field(default_factory=list)

    def add(self, table: pa.Table) -> None:
        self.rows += table.num_rows
        self.waiting.append(table)
        if sum(waiting.num_rows for waiting in self.waiting) >= ROW_GROUP:
            self._write()

    def _write(self) -> None:
        whole = pa.concat_tables(self.waiting).unify_dictionaries()
        if self.writer is None:
            texts = [
                one.name for one in whole.schema if pa.types.is_string(one.type) or pa.types.is_dictionary(one.type)
            ]
            plain = [name for name in whole.schema.names if name not in texts]
            options = {"use_dictionary": texts, "write_statistics": plain, "store_schema": False}
            self.writer = pq.ParquetWriter(self.path, whole.schema, compression="snappy", **options)
        self.writer.write_table(whole, row_group_size=whole.num_rows)
        self.waiting = []

    def close(self) -> None:
        if self.waiting:
            self._write()
        if self.writer is not None:
            self.writer.close()
