"""A CSV whose records are rows becomes typed rows a batch at a time: Arrow reads it, DuckDB makes rows on every core.

DuckDB alone would have to number the rows on one core, or write them twice. What Arrow refuses is left to it (loading).
"""

import ctypes
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv as pacsv

from ingestion import casting, export, focus
from ingestion.registry import Source, SourceError
from ingestion.tables import NULLS, Csv

BLOCK = 4 << 20  # bytes that are read at once; Arrow reads up to 32 of them ahead
ROWS = 65_536  # in a batch, or a little more: each is planned anew
LANES = 3  # batches in work at once: one for each of two cores, and one that waits to be written
M_MMAP_THRESHOLD, KEPT = -3, 256 << 10  # malloc.h; blocks from this size on go back to the system when freed
ROW_BY_ROW = {"PROJECTION", "ARROW_SCAN"}  # steps of a plan that give each row they get as one row

Select = Callable[[duckdb.DuckDBPyConnection], str]


def typed_rows(
    opened: export.Export, source: Source, account: str, select: Select, scratch: Path
) -> Iterator[pa.Table]:
    """The rows of an export that is plain CSV, in its order, in tables of the dataset's columns.

    `select` gives the SQL for them over the view `export`. Raises ArrowInvalid where Arrow cannot read the file, and
    what DuckDB raises where a value does not fit.
    """
    _give_back_what_is_freed()
    with ExitStack() as held, ThreadPoolExecutor(LANES) as pool:
        lanes: list[_Lane] = []
        coming: deque[Future[pa.Table]] = deque()
        for place, batch in enumerate(_batches(opened)):
            if place < LANES:
                con = held.enter_context(export.connection(scratch / f"lane-{place}", threads=1))
                lanes.append(_Lane(con, opened, source, account))
            if len(coming) == LANES:  # so that the lane whose turn it is has nothing to do
                yield coming.popleft().result()
            coming.append(pool.submit(lanes[place % LANES].typed, batch, select))
        while coming:
            yield coming.popleft().result()


def _give_back_what_is_freed() -> None:
    """Once glibc has seen a large block freed, it keeps the next ones: twice the memory, for what DuckDB hands over."""
    with suppress(OSError, AttributeError):  # other systems have other ways
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, KEPT)


def _batches(opened: export.Export) -> Iterator[pa.Table]:
    """The texts of all files, all columns in each batch, and which file they are of."""
    names = sorted({name for plain in opened.plain for name in plain.columns})
    for page, (part, plain) in enumerate(zip(opened.parts, opened.plain, strict=True), 1):
        with pa.input_stream(str(part.path), compression="gzip" if plain.zipped else None) as stream:
            for texts in _gathered(_reader(stream, plain)):
                missing = {name: pa.nulls(len(texts), pa.string()) for name in names if name not in plain.columns}
                for name, column in (missing | {"_page": pa.repeat(page, len(texts))}).items():
                    texts = texts.append_column(name, column)
                yield texts


def _gathered(blocks: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    waiting: list[pa.RecordBatch] = []
    for block in blocks:
        waiting.append(block)
        if sum(map(len, waiting)) >= ROWS:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)


def _reader(stream: pa.NativeFile, plain: Csv) -> pacsv.CSVStreamingReader:
    read = pacsv.ReadOptions(column_names=plain.columns, skip_rows=1, block_size=BLOCK)
    parse = pacsv.ParseOptions(delimiter=plain.delimiter, newlines_in_values=True)
    types = dict.fromkeys(plain.columns, pa.string())
    convert = pacsv.ConvertOptions(column_types=types, null_values=NULLS, strings_can_be_null=True)
    return pacsv.open_csv(stream, read, parse, convert)


class _Lane:
    """A database of its own in which one batch at a time is typed."""

    def __init__(self, con: duckdb.DuckDBPyConnection, opened: export.Export, source: Source, account: str) -> None:
        self.con, self.opened, self.source, self.account, self.sql = con, opened, source, account, ""
        self.amounts = [
            name for name, column in source.columns.items() if name in opened.columns and casting.plain_amount(column)
        ]

    def typed(self, batch: pa.Table, select: Select) -> pa.Table:
        """The rows of a batch. Arrow reads amounts as exactly as `strict`, and faster; what it refuses is left to that.

        Raises SourceError for a SELECT that gives other rows than one for each record, as it comes.
        """
        self.con.register("texts", batch)
        for name in self.amounts:
            try:
                amount = batch[name].cast(focus.MONEY)
            except pa.ArrowInvalid:
                strictly = casting.strict(name, self.source.columns[name])
                amount = self.con.execute(f"SELECT {strictly} FROM texts").to_arrow_table()[0]
            batch = batch.set_column(batch.schema.get_field_index(name), name, amount)
        self.con.register("texts", batch)
        if not self.sql:
            export.define(self.con, self.opened, self.source, self.account, frozenset(self.amounts))
            self.sql = select(self.con)
            (plan,) = json.loads(self.con.execute(f"EXPLAIN (FORMAT json) {self.sql}").fetchall()[0][1])
            if strange := set(_steps(plan)) - ROW_BY_ROW:
                raise self._refused(f"DuckDB does not keep the rows in order ({', '.join(sorted(strange))})")
        rows = self.con.execute(self.sql).to_arrow_table()
        if rows.num_rows != batch.num_rows:
            raise self._refused(f"of {batch.num_rows:,} records it makes {rows.num_rows:,} rows")
        return rows

    def _refused(self, reason: str) -> SourceError:
        return SourceError(f"{self.source.folder}: {reason}; leave row_per_record out")


def _steps(plan: dict[str, Any]) -> Iterator[str]:
    yield plan["name"]
    for child in plan.get("children", ()):
        yield from _steps(child)
