"""A table whose records are rows becomes typed rows a batch at a time: Arrow reads it, DuckDB makes rows on every core.

DuckDB alone would have to number the rows on one core, or write them twice. What Arrow refuses is left to it (loading).
"""

import ctypes
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from ingestion import casting, export, focus
from ingestion.ahead import ahead
from ingestion.casting import quoted
from ingestion.columnar import Stored
from ingestion.distinct import Rows, each
from ingestion.lineage import Made, NotRowByRow, lineage
from ingestion.registry import Source, SourceError

LANES = 3  # batches in work at once: one for each of two cores, and one that waits to be written
M_MMAP_THRESHOLD, KEPT = -3, 256 << 10  # malloc.h; blocks from this size on go back to the system when freed

Select = Callable[[duckdb.DuckDBPyConnection], str]


def typed_rows(
    stored: Stored, opened: export.Export, source: Source, account: str, select: Select, scratch: Path
) -> Iterator[pa.Table]:
    """The rows of an export, in its order, in tables of the dataset's columns.

    `select` gives the SQL for them over the view `export`. Raises ArrowInvalid where Arrow cannot read a file, what
    DuckDB raises where a value does not fit, and SourceError for a SELECT that does not give one row for each record,
    as it comes.
    """
    _give_back_what_is_freed()
    amounts = _amounts(stored, source)
    lane = partial(_lane, stored, opened, source, account, amounts)
    with ExitStack() as held, ThreadPoolExecutor(LANES) as pool:
        lanes = [held.enter_context(lane(scratch / "lane-0"))]
        strictly = {
            column: (f"{stored.texts[name][0]} AS {quoted(name)}", casting.strict(name, source.columns[name]))
            for column, name in amounts.items()
        }
        plan = _planned(lanes[0], source, select, strictly)
        coming: deque[Future[pa.Table]] = deque()
        for place, batch in enumerate(ahead(stored.batches(plan.needed))):
            if 0 < place < LANES:
                lanes.append(held.enter_context(lane(scratch / f"lane-{place}")))
            if len(coming) == LANES:  # so that the lane whose turn it is has nothing to do
                yield coming.popleft().result()
            coming.append(pool.submit(plan.typed, lanes[place % LANES], batch))
        while coming:
            yield coming.popleft().result()


def _give_back_what_is_freed() -> None:
    """Once glibc has seen a large block freed, it keeps the next ones: twice the memory, for what DuckDB hands over."""
    with suppress(OSError, AttributeError):  # other systems have other ways
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, KEPT)


@dataclass(frozen=True)
class _Plan:
    """How a batch becomes rows: the SELECT over the table `stored`, what its columns are made of, and which columns of
    `stored` are amounts, each with the SQL for its text and for the amount that `strict` makes of it."""

    query: str
    made: dict[str, Made]
    amounts: Mapping[str, tuple[str, str]]

    @property
    def needed(self) -> frozenset[str]:
        """The columns of `stored` of which anything is made."""
        return frozenset().union(*(made.of for made in self.made.values()))

    def typed(self, con: duckdb.DuckDBPyConnection, batch: pa.Table) -> pa.Table:
        """The rows of a batch. Arrow reads amounts as exactly as `strict`, and faster; that takes what it refuses."""
        for column in self.needed & self.amounts.keys():
            try:
                amount = each(batch[column], lambda values: values.cast(focus.TEXT).cast(focus.MONEY))
            except pa.ArrowInvalid:
                text, strict = self.amounts[column]
                amount = con.from_arrow(batch).project(text).project(strict).to_arrow_table()[0]
            batch = batch.set_column(batch.schema.get_field_index(column), column, amount)
        return Rows(con, self.query, self.made).of(batch)


def _amounts(stored: Stored, source: Source) -> dict[str, str]:
    """The columns whose texts are amounts, and the names of those."""
    amounts = {name for name, column in source.columns.items() if casting.plain_amount(column)}
    return {column: name for name, (_, column) in stored.texts.items() if column and name in amounts}


@contextmanager
def _lane(
    stored: Stored, opened: export.Export, source: Source, account: str, amounts: Mapping[str, str], scratch: Path
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of its own with the view `export` over `stored`, an empty table until a batch is seen in its place."""
    with export.connection(scratch, threads=1) as con:
        con.from_arrow(pa.schema(stored.types | dict.fromkeys(amounts, focus.MONEY)).empty_table()).create("stored")
        numbers = {name: quoted(column) for column, name in amounts.items()}
        texts = [f"{numbers.get(name, sql)} AS {quoted(name)}" for name, (sql, _) in stored.texts.items()]
        con.execute(f"CREATE VIEW texts AS SELECT {', '.join(texts)} FROM stored")
        export.define(con, opened, source, account, frozenset(amounts.values()))
        yield con


def _planned(
    con: duckdb.DuckDBPyConnection, source: Source, select: Select, amounts: Mapping[str, tuple[str, str]]
) -> _Plan:
    query = select(con)
    try:
        return _Plan(query, lineage(con, query), amounts)
    except NotRowByRow as step:
        reason = f"DuckDB does not keep the rows in order ({step}); leave row_per_record out"
        raise SourceError(f"{source.folder}: {reason}") from None
