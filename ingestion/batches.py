"""A table whose records are rows becomes typed rows a batch at a time: Arrow reads it, DuckDB makes rows on every core.

DuckDB alone would have to number the rows on one core, or write them twice. What Arrow refuses is left to it (loading).
"""

import ctypes
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from ingestion import casting, export, focus
from ingestion.ahead import ahead
from ingestion.columnar import Stored
from ingestion.distinct import Rows, each
from ingestion.lineage import Made, NotRowByRow, lineage
from ingestion.registry import Source, SourceError
from ingestion.tables import Csv

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
    with ExitStack() as held, ThreadPoolExecutor(LANES) as pool:
        places = (scratch / f"lane-{lane}" for lane in range(LANES))
        lanes = [held.enter_context(export.connection(place, threads=1)) for place in places]
        plan = _planned(lanes, stored, opened, source, account, select)
        coming: deque[Future[pa.Table]] = deque()
        for place, batch in enumerate(ahead(stored.batches(plan.needed))):
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
    """How a batch becomes rows: the SELECT over the table `stored`, what its columns are made of, and those columns of
    texts that are amounts, each with the SQL for what Arrow does not read."""

    query: str
    made: dict[str, Made]
    amounts: dict[str, str]

    @property
    def needed(self) -> frozenset[str]:
        """The columns of `stored` of which anything is made."""
        return frozenset().union(*(made.of for made in self.made.values()))

    def typed(self, con: duckdb.DuckDBPyConnection, batch: pa.Table) -> pa.Table:
        """The rows of a batch. Arrow reads amounts as exactly as `strict`, and faster; that takes what it refuses."""
        for name in self.needed & self.amounts.keys():
            try:
                amount = each(batch[name], lambda values: values.cast(focus.MONEY))
            except pa.ArrowInvalid:
                amount = con.from_arrow(batch).project(self.amounts[name]).to_arrow_table()[0]
            batch = batch.set_column(batch.schema.get_field_index(name), name, amount)
        return Rows(con, self.query, self.made).of(batch)


def _planned(
    lanes: list[duckdb.DuckDBPyConnection],
    stored: Stored,
    opened: export.Export,
    source: Source,
    account: str,
    select: Select,
) -> _Plan:
    """The plan, and in each lane the views that its SELECT is over."""
    plain = {name: column for name, column in source.columns.items() if casting.plain_amount(column)}
    texts = isinstance(stored.files[0], Csv)
    amounts = {name: casting.strict(name, plain[name]) for name in stored.types if texts and name in plain}
    nothing = pa.schema(stored.types | dict.fromkeys(amounts, focus.MONEY)).empty_table()
    for con in lanes:
        con.from_arrow(nothing).create("stored")
        con.execute(f"CREATE VIEW texts AS {stored.texts}")
        export.define(con, opened, source, account, frozenset(amounts))
    query = select(lanes[0])
    try:
        plan = _Plan(query, lineage(lanes[0], query), amounts)
    except NotRowByRow as step:
        reason = f"DuckDB does not keep the rows in order ({step}); leave row_per_record out"
        raise SourceError(f"{source.folder}: {reason}") from None
    for con in lanes:
        con.execute("DROP TABLE stored")  # for the batches, one after the other, to be seen in its place
    return plan
