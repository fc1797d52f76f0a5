"""A CSV whose records are rows becomes typed rows a batch at a time: Arrow reads it, DuckDB makes the rows on every core.

DuckDB alone would have to number the rows on one core, or write them twice. What Arrow refuses, DuckDB reads (loading.py).
"""

import json
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv as pacsv

from ingestion import casting, export, focus
from ingestion.registry import Source, SourceError
from ingestion.tables import NULLS, Csv

BLOCK = 32 << 20  # bytes of text in a batch: what is read ahead and in work at once stays below a gigabyte
LANES = 3  # batches in work at once: one for each of two cores, and one that waits to be written
ROW_BY_ROW = {"PROJECTION", "ARROW_SCAN"}  # steps of a plan that give each row they get as one row

Select = Callable[[duckdb.DuckDBPyConnection], str]


def typed_rows(opened: export.Export, source: Source, account: str, select: Select, scratch: Path) -> Iterator[pa.Table]:
    """The rows of an export that is plain CSV, in its order, in tables of the dataset's columns.

    `select` gives the SQL for them over the view `export`. Raises ArrowInvalid where Arrow cannot read the file, and
    what DuckDB raises where a value does not fit.
    """
    with ExitStack() as held, ThreadPoolExecutor(LANES) as pool:
        lanes = [
            _Lane(held.enter_context(export.connection(scratch / f"lane-{number}", threads=1)), opened, source, account)
            for number in range(LANES)
        ]
        coming: deque[Future[pa.Table]] = deque()
        for place, batch in enumerate(_batches(opened)):
            if len(coming) == LANES:  # so that the lane whose turn it is has nothing to do
                yield coming.popleft().result()
            coming.append(pool.submit(lanes[place % LANES].typed, batch, select))
        while coming:
            yield coming.popleft().result()


def _batches(opened: export.Export) -> Iterator[pa.Table]:
    """The texts of all files, all columns in each batch, and which file they are of."""
    names = sorted({name for plain in opened.plain for name in plain.columns})
    for page, (part, plain) in enumerate(zip(opened.parts, opened.plain, strict=True), 1):
        with pa.input_stream(str(part.path), compression="gzip" if plain.zipped else None) as stream:
            for batch in _reader(stream, plain):
                columns = {name: batch[name] if name in plain.columns else pa.nulls(len(batch), pa.string()) for name in names}
                yield pa.table({**columns, "_page": pa.repeat(pa.scalar(page), len(batch))})


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
        """The rows of a batch. Arrow reads amounts as exactly as `strict` and faster; what it refuses is left to that."""
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
            self._refuse_other_rows()
        return self.con.execute(self.sql).to_arrow_table()

    def _refuse_other_rows(self) -> None:
        """Raises SourceError for a SELECT that gives other rows than one for each record, as it comes."""
        (plan,) = json.loads(self.con.execute(f"EXPLAIN (FORMAT json) {self.sql}").fetchall()[0][1])
        if strange := set(_steps(plan)) - ROW_BY_ROW:
            reason = f"DuckDB does not keep the rows in order ({', '.join(sorted(strange))})"
            raise SourceError(f"{self.source.folder}: {reason}; leave row_per_record out")


def _steps(plan: dict[str, Any]) -> Iterator[str]:
    yield plan["name"]
    for child in plan.get("children", ()):
        yield from _steps(child)
