"""A CSV whose records are rows becomes typed rows a batch at a time: Arrow reads it, DuckDB makes rows on every core.

DuckDB alone would have to number the rows on one core, or write them twice. What Arrow refuses is left to it (loading).
Bills say the same again and again, so texts are held by their dictionaries from the first byte to the last.
"""

import ctypes
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv as pacsv

from ingestion import casting, distinct, export, focus
from ingestion.ahead import ahead
from ingestion.archive import Part
from ingestion.lineage import NotRowByRow
from ingestion.registry import Source, SourceError
from ingestion.tables import NULLS, Csv

BLOCK = 2 << 20  # bytes that are read at once; Arrow reads up to 32 of them ahead
ROWS = 65_536  # in a batch, or a little more: each is planned anew
LANES = 3  # batches in work at once: one for each of two cores, and one that waits to be written
REPEATED = 2  # a column whose values stand so often in the first block, on average, is held by its dictionary
M_MMAP_THRESHOLD, KEPT = -3, 256 << 10  # malloc.h; blocks from this size on go back to the system when freed

Select = Callable[[duckdb.DuckDBPyConnection], str]


def typed_rows(
    opened: export.Export, source: Source, account: str, select: Select, scratch: Path
) -> Iterator[pa.Table]:
    """The rows of an export that is plain CSV, in its order, in tables of the dataset's columns.

    `select` gives the SQL for them over the view `export`. Raises ArrowInvalid where Arrow cannot read the file, what
    DuckDB raises where a value does not fit, and SourceError for a SELECT that does not give one row for each record,
    as it comes.
    """
    _give_back_what_is_freed()
    with ExitStack() as held, ThreadPoolExecutor(LANES) as pool:
        lanes: list[_Lane] = []
        coming: deque[Future[pa.Table]] = deque()
        for place, batch in enumerate(ahead(_batches(opened))):
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
    files = list(zip(opened.parts, opened.plain, strict=True))
    types = _types(files)
    for page, (part, plain) in enumerate(files, 1):
        for texts in _gathered(_blocks(part, plain, types)):
            missing = {name: pa.nulls(len(texts), type_) for name, type_ in types.items() if name not in plain.columns}
            for name, column in (missing | {"_page": pa.repeat(page, len(texts))}).items():
                texts = texts.append_column(name, column)
            yield texts.unify_dictionaries().combine_chunks()


def _types(files: Iterable[tuple[Part, Csv]]) -> dict[str, pa.DataType]:
    """How each column is held, by the first block of each file: by its dictionary unless hardly a value is repeated."""
    types: dict[str, pa.DataType] = {}
    for part, plain in files:
        first = next(_blocks(part, plain, {}), None)
        for name in plain.columns:
            repeated = first is None or len(first[name].unique()) * REPEATED <= len(first)
            if not repeated or name not in types:
                types[name] = distinct.HELD if repeated else focus.TEXT
    return types


def _gathered(blocks: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    waiting: list[pa.RecordBatch] = []
    for block in blocks:
        waiting.append(block)
        if sum(map(len, waiting)) >= ROWS:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)


def _blocks(part: Part, plain: Csv, types: Mapping[str, pa.DataType]) -> Iterator[pa.RecordBatch]:
    read = pacsv.ReadOptions(column_names=plain.columns, skip_rows=1, block_size=BLOCK)
    parse = pacsv.ParseOptions(delimiter=plain.delimiter, newlines_in_values=True)
    held = {name: types.get(name, focus.TEXT) for name in plain.columns}
    convert = pacsv.ConvertOptions(column_types=held, null_values=NULLS, strings_can_be_null=True)
    with pa.input_stream(str(part.path), compression="gzip" if plain.zipped else None) as stream:
        yield from pacsv.open_csv(stream, read, parse, convert)


class _Lane:
    """A database of its own in which one batch at a time is typed."""

    def __init__(self, con: duckdb.DuckDBPyConnection, opened: export.Export, source: Source, account: str) -> None:
        self.con, self.opened, self.source, self.account = con, opened, source, account
        self.rows: distinct.Rows | None = None
        self.amounts = [
            name for name, column in source.columns.items() if name in opened.columns and casting.plain_amount(column)
        ]

    def typed(self, batch: pa.Table, select: Select) -> pa.Table:
        """The rows of a batch. Arrow reads amounts as exactly as `strict`, and faster; that takes what it refuses."""
        for name in self.amounts:
            try:
                amount = distinct.each(batch[name], lambda values: values.cast(focus.MONEY))
            except pa.ArrowInvalid:
                strictly = casting.strict(name, self.source.columns[name])
                self.con.register("texts", batch)
                amount = self.con.execute(f"SELECT {strictly} FROM texts").to_arrow_table()[0]
                self.con.unregister("texts")
            batch = batch.set_column(batch.schema.get_field_index(name), name, amount)
        try:
            self.rows = self.rows or self._planned(batch, select)
        except NotRowByRow as step:
            reason = f"DuckDB does not keep the rows in order ({step}); leave row_per_record out"
            raise SourceError(f"{self.source.folder}: {reason}") from None
        return self.rows.of(batch)

    def _planned(self, batch: pa.Table, select: Select) -> distinct.Rows:
        with self.con.cursor() as con:
            con.execute("CREATE TABLE texts AS FROM batch LIMIT 0")
        export.define(self.con, self.opened, self.source, self.account, frozenset(self.amounts))
        return distinct.Rows(self.con, select(self.con), batch.schema)
