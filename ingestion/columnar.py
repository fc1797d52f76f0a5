"""CSV and Parquet as Arrow reads them: batches of the columns as they are stored, texts by their dictionaries.

Bills say the same again and again. Only a text of which hardly a value is repeated is held as it is.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from ingestion import focus
from ingestion.archive import Part
from ingestion.casting import quoted
from ingestion.tables import NULLS, Csv, Parquet

HELD = pa.dictionary(pa.int32(), focus.TEXT)
BLOCK = 2 << 20  # bytes of CSV that are read at once; Arrow reads up to 32 of them ahead
ROWS = 65_536  # in a batch, or a little more of CSV: each is planned anew
REPEATED = 2  # a text whose values stand so often in the first block, on average, is held by its dictionary

Types = dict[str, pa.DataType]


@dataclass(frozen=True)
class Stored:
    """The files of a delivery, all CSV or all Parquet: the type in which each column is read, the page among them, and
    for each of the delivery's texts the SQL over the table `stored`, and the column that it is the text of, if any."""

    parts: tuple[Part, ...]
    files: tuple[Csv | Parquet, ...]
    types: Types
    texts: dict[str, tuple[str, str | None]]

    def batches(self, needed: Collection[str]) -> Iterator[pa.Table]:
        """The rows of all files in order. What is not `needed` is not read; there are nulls in its place.

        Raises ArrowInvalid for what Arrow cannot read.
        """
        for page, (part, file) in enumerate(zip(self.parts, self.files, strict=True), 1):
            names = [name for name in file.columns if name in needed]
            read = _csv(part, file, names, self.types) if isinstance(file, Csv) else _parquet(part, names, self.types)
            for table in read:
                whole = table.unify_dictionaries().combine_chunks()
                columns = {name: _held(whole[name], self.types[name]) for name in names}
                columns["_page"] = pa.repeat(page, len(table))
                nothing = (name for name in self.types if name not in columns)
                columns |= {name: pa.nulls(len(table), self.types[name]) for name in nothing}
                yield pa.table({name: columns[name] for name in self.types})


def stored(con: duckdb.DuckDBPyConnection, parts: Sequence[Part], files: Sequence[Csv | Parquet]) -> Stored | None:
    """How Arrow reads files that DuckDB has looked at; nothing where it would read them differently."""
    csv = [file for file in files if isinstance(file, Csv)]
    if csv and len(csv) == len(files):
        types = _csv_types(zip(parts, csv, strict=True))
        return Stored(tuple(parts), tuple(csv), types, {name: (quoted(name), name) for name in types})
    first = next(iter(files), None)
    if not isinstance(first, Parquet) or any(file != first for file in files):
        return None
    types = {field.name: _of_duckdb(field.type) for field in _opened(parts[0], first.columns).schema_arrow}
    seen = con.from_arrow(pa.schema(types).empty_table()).types
    if [str(kind) for kind in seen] != list(first.types) or any("." in name for name in types):
        return None
    texts = {name: (sql, column) for name, sql, column in first.texts} | {"_page": ("_page", None)}
    return Stored(tuple(parts), tuple(files), types | {"_page": pa.int64()}, texts)


def _of_duckdb(stored: pa.DataType) -> pa.DataType:
    """DuckDB holds times of Parquet in microseconds, but for nanoseconds; the times of a bill are repeated."""
    return pa.dictionary(pa.int32(), pa.timestamp("us", stored.tz)) if pa.types.is_timestamp(stored) else stored


def _held(column: pa.ChunkedArray, wanted: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_dictionary(wanted) and not pa.types.is_dictionary(column.type):
        return column.cast(wanted.value_type).dictionary_encode()
    return column


def _csv_types(files: Iterable[tuple[Part, Csv]]) -> Types:
    """By the first block of the first file that has a column; where others differ, it takes longer and is as right."""
    types: Types = {}
    for part, file in files:
        if new := [name for name in file.columns if name not in types]:
            first = next(_blocks(part, file, new, {}), None)
            for name in new:
                repeated = first is None or len(first[name].unique()) * REPEATED <= len(first)
                types[name] = HELD if repeated else focus.TEXT
    return types | {"_page": pa.int64()}


def _csv(part: Part, file: Csv, names: Sequence[str], types: Types) -> Iterator[pa.Table]:
    waiting: list[pa.RecordBatch] = []
    for block in _blocks(part, file, names, types):
        waiting.append(block)
        if sum(map(len, waiting)) >= ROWS:
            yield pa.Table.from_batches(waiting)
            waiting = []
    if waiting:
        yield pa.Table.from_batches(waiting)


def _blocks(part: Part, file: Csv, names: Sequence[str], types: Mapping[str, pa.DataType]) -> Iterator[pa.RecordBatch]:
    read = pacsv.ReadOptions(column_names=file.columns, skip_rows=1, block_size=BLOCK)
    parse = pacsv.ParseOptions(delimiter=file.delimiter, newlines_in_values=True)
    kinds = {name: types.get(name, focus.TEXT) for name in names}
    convert = pacsv.ConvertOptions(
        column_types=kinds, include_columns=names, null_values=NULLS, strings_can_be_null=True
    )
    with pa.input_stream(str(part.path), compression="gzip" if file.zipped else None) as stream:
        yield from pacsv.open_csv(stream, read, parse, convert)


def _parquet(part: Part, names: Sequence[str], types: Types) -> Iterator[pa.Table]:
    try:
        for batch in _opened(part, types).iter_batches(ROWS, columns=names):
            yield pa.Table.from_batches([batch]).select(names)
    except OSError as error:  # so it calls a page that cannot be decoded
        raise pa.ArrowInvalid(str(error)) from None


def _opened(part: Part, columns: Collection[str]) -> pq.ParquetFile:
    texts = [field.name for field in pq.read_schema(part.path) if field.name in columns and field.type == focus.TEXT]
    return pq.ParquetFile(part.path, read_dictionary=texts)
