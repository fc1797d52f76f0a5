"""Rows made of what stands in them once: a SELECT is asked about each distinct combination of values, not each row.

A bill of a million rows has a few hundred meters, tags and days. What a column of the SELECT is made of is known
(lineage); columns that have nothing in common are asked about side by side, in one small table.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingestion import focus
from ingestion.casting import quoted
from ingestion.lineage import Made

Places = npt.NDArray[np.int64]
Columns = dict[str, pa.Array | pa.ChunkedArray]


def each(column: pa.ChunkedArray, made: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """`made` of a column's values; of one that is held by its dictionary, of each distinct one once."""
    array = column.combine_chunks()
    if pa.types.is_dictionary(array.type):
        return made(array.dictionary).take(array.indices)
    return made(array)


@dataclass(frozen=True)
class Rows:
    """Makes the rows of a SELECT over the table `stored`, of whose columns its own are `made`."""

    con: duckdb.DuckDBPyConnection
    query: str
    made: Mapping[str, Made]

    def of(self, batch: pa.Table) -> pa.Table:
        """The rows of a batch, in its order; texts made only of columns held by their dictionaries are held so too.

        Raises what DuckDB raises where a value does not fit.
        """
        held = {field.name for field in batch.schema if pa.types.is_dictionary(field.type)}
        columns: Columns = {name: batch[next(iter(made.of))] for name, made in self.made.items() if made.as_it_is}
        of_held = {name: made.of for name, made in self.made.items() if name not in columns and made.of <= held}
        of_rows = [name for name in self.made if name not in columns and name not in of_held]
        columns |= self._of_combinations(batch, of_held) if of_held else {}
        columns |= self._asked(batch, of_rows) if of_rows else {}
        return pa.table({name: columns[name] for name in self.made})

    def _of_combinations(self, batch: pa.Table, wanted: Mapping[str, frozenset[str]]) -> Columns:
        """A table with the first row of each combination, group beside group, the shorter ones filled up with their
        last: nothing stands there side by side in a group that does not in the batch."""
        groups = _groups(wanted.values())
        combined = {group: _combinations([batch[name] for name in sorted(group)], len(batch)) for group in groups}
        height = max(len(first) for first, _ in combined.values())
        filled = {group: np.pad(first, (0, height - len(first)), "edge") for group, (first, _) in combined.items()}
        where = {name: first for group, first in filled.items() for name in group}
        nowhere = np.zeros(height, np.int64)
        asked = pa.table({name: batch[name].take(pa.array(where.get(name, nowhere))) for name in batch.schema.names})
        answers = self._asked(asked, list(wanted))
        return {
            name: _spread(answers[name], next(codes for group, (_, codes) in combined.items() if of <= group))
            for name, of in wanted.items()
        }

    def _asked(self, stored: pa.Table, names: Sequence[str]) -> dict[str, pa.ChunkedArray]:
        self.con.register("stored", stored)
        columns = ", ".join(map(quoted, names))
        table = self.con.execute(f"SELECT {columns} FROM ({self.query})").to_arrow_table()
        self.con.unregister("stored")
        return dict(zip(names, table.columns, strict=True))


def _groups(sets: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """The columns that are used together, directly or by way of others; what is made of nothing is a group of none."""
    groups: list[frozenset[str]] = []
    for one in sets:
        groups = [group for group in groups if not group & one] + [one.union(*(g for g in groups if g & one))]
    return list(dict.fromkeys(groups))


def _combinations(columns: Sequence[pa.ChunkedArray], rows: int) -> tuple[Places, Places]:
    """The row in which each distinct combination of values stands first, and of each row which combination it has."""
    codes: Places = np.zeros(rows, np.int64)
    for column in columns:
        array = column.combine_chunks()
        values = array.indices.fill_null(len(array.dictionary)).to_numpy().astype(np.int64)
        both = pa.array(codes * (len(array.dictionary) + 1) + values).dictionary_encode()
        codes = both.indices.to_numpy().astype(np.int64)
    first: Places = np.zeros(int(codes.max()) + 1, np.int64)
    first[codes[::-1]] = np.arange(rows - 1, -1, -1)  # of what is set again and again the last stays
    return first, codes


def _spread(answers: pa.ChunkedArray, codes: Places) -> pa.Array:
    """The answer for each row; a text by its dictionary."""
    array = answers.combine_chunks()
    if array.type != focus.TEXT:
        return array.take(pa.array(codes))
    held = array.dictionary_encode()
    return pa.DictionaryArray.from_arrays(held.indices.take(pa.array(codes)), held.dictionary)
