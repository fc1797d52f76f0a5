"""Typed rows become one Parquet file a period, each row numbered, copied by Arrow as DuckDB typed them.

Arrow copies texts by their dictionaries, at a third of what reading and writing the values costs.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Group:
    """A row group of the typed rows: its place, the rows before it, and how many rows it has of each period."""

    place: int
    before: int
    periods: dict[str, int]


class TypedRows:
    """The rows of one export as DuckDB typed them, in a file of their own, in the order of the export."""

    def __init__(self, path: Path, source: Source, undated: str | None) -> None:
        """`undated`: the period of all rows where the dataset dates none."""
        schema = focus.DATASETS[source.dataset]
        self.path, self.source, self.undated = path, source, undated
        self.dated = focus.PERIOD_DATE.get(source.dataset)
        self.texts = [field.name for field in schema if field.type == focus.TEXT]
        self.plain = [field.name for field in schema if field.type != focus.TEXT]
        self.file = pq.ParquetFile(path, read_dictionary=self.texts)

    def split(self) -> tuple[tuple[StagedFile, ...], int]:
        """One file a period beside this one, and the number of the last row. Raises ExportRefused for undated rows."""
        groups = list(self._groups())
        periods = sorted({period for group in groups for period in group.periods})
        return tuple(self._write(period, groups) for period in periods), self._last(groups)

    def _groups(self) -> Iterator[Group]:
        before = 0
        for place in range(self.file.num_row_groups):
            rows = self.file.metadata.row_group(place).num_rows
            counted = {str(self.undated): rows}
            if self.dated:
                months = self._months(self.file.read_row_group(place, [self.dated, NUMBER]), before)
                counted = {one["values"].as_py(): one["counts"].as_py() for one in pc.value_counts(months)}
            yield Group(place, before, counted)
            before += rows

    def _months(self, table: pa.Table, before: int) -> pa.Array:
        """The month (YYYY-MM) of each row."""
        dates = table[self.dated].combine_chunks()
        if dates.null_count:
            numbers = self._numbered(table, before)[NUMBER].filter(pc.is_null(dates))
            raise ExportRefused(self._undated(numbers.to_pylist()[:MOST_SHOWN]))
        days = pc.dictionary_encode(dates.cast(pa.date32()))
        months = pc.strftime(days.dictionary, "%Y-%m")
        return pc.take(months, days.indices)

    def _undated(self, rows: Sequence[int]) -> list[Finding]:
        cure = "every row needs the date it is for; ask the provider for a whole export"
        return [Finding("dated", "has no date", cure, row=row, column=self.dated) for row in rows]

    def _numbered(self, table: pa.Table, before: int) -> pa.Table:
        """Where each record is one row, its number is its place; otherwise the rows came with their numbers."""
        if not self.source.row_per_record:
            return table
        numbers = pa.array(np.arange(before + 1, before + 1 + table.num_rows))
        return table.set_column(table.schema.get_field_index(NUMBER), NUMBER, numbers)

    def _write(self, period: str, groups: Sequence[Group]) -> StagedFile:
        """The rows of one period, in groups of ROW_GROUP rows or a little more; only the last may be smaller."""
        path, rows, waiting = self.path.with_name(f"{period}.parquet"), 0, []
        options = {"use_dictionary": self.texts, "write_statistics": self.plain, "store_schema": False}
        with pq.ParquetWriter(path, self.file.schema_arrow, compression="snappy", **options) as writer:
            mine = [group for group in groups if period in group.periods]
            for group, table in zip(mine, self._read_ahead(mine, period), strict=True):
                waiting.append(table)
                rows += table.num_rows
                if sum(table.num_rows for table in waiting) >= ROW_GROUP or group is mine[-1]:
                    whole = pa.concat_tables(waiting).unify_dictionaries()
                    writer.write_table(whole, row_group_size=whole.num_rows)
                    waiting = []
        return StagedFile(path, period, rows)

    def _read_ahead(self, groups: Sequence[Group], period: str) -> Iterator[pa.Table]:
        """The rows of each group, the next one read while this one is written: Arrow writes on one core."""
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(self._rows, groups[0], period)
            for following in groups[1:]:
                table = coming.result()
                coming = ahead.submit(self._rows, following, period)
                yield table
            yield coming.result()

    def _rows(self, group: Group, period: str) -> pa.Table:
        table = self._numbered(self.file.read_row_group(group.place), group.before)
        if len(group.periods) == 1:
            return table
        return table.filter(pc.equal(self._months(table, group.before), period))

    def _last(self, groups: Sequence[Group]) -> int:
        if self.source.row_per_record or not groups:
            return self.file.metadata.num_rows
        numbers = (self.file.read_row_group(group.place, [NUMBER])[NUMBER] for group in groups)
        return max(pc.max(column).as_py() for column in numbers)
