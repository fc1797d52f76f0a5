"""Rows made of each distinct combination once are those that the SELECT makes of each row, whatever stands in them."""

import random

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion import Source, casting, distinct, export, focus, loading, sources
from ingestion.columnar import HELD
from ingestion.lineage import NotRowByRow, lineage

ROW_BY_ROW = sorted(source.id for source in sources().values() if source.row_per_record)
# What the samples lack: text that needs care, and nothing at all.
ODD = [None, "", " x ", "Ünïcode", "1-hour", "Claude Consumption Units", "USE1-Claude4.6Sonnet-input-token-count"]


def texts_of(source: Source) -> list[dict[str, str | None]]:
    """Records of the source's columns that it takes: dates, amounts and words that are allowed, and what is there."""
    values = {
        "decimal": "0.10",
        "cents": "1",
        "integer": "3",
        "timestamp": "2026-09-01T00:00:00Z",
        "json": '{"a": "b"}',
    }
    values |= {"date": "2026-09-01", "boolean": "true", "epoch_seconds": "1788220800"}
    return [
        {
            name: (
                column.allowed[turn % len(column.allowed)] if column.allowed else values.get(column.type, f"t{turn}")
            )
            for name, column in source.columns.items()
        }
        for turn in range(3)
    ]


@st.composite
def batches(draw: st.DrawFn, source: Source) -> pa.Table:
    """A table of texts, some columns held by their dictionaries; amounts are numbers already."""
    seen = texts_of(source)
    rows, chance = draw(st.integers(1, 60)), random.Random(draw(st.integers(0, 2**32)))
    columns = {}
    for name, column in source.columns.items():
        pool = [record[name] for record in seen]
        if column.type == "text" and not column.allowed:
            pool = [*pool, *(ODD[1:] if column.filled else ODD)]
        elif not column.filled:
            pool.append(None)
        values = pa.array([chance.choice(pool) for _ in range(rows)], focus.TEXT)
        amount = casting.plain_amount(column)
        held = not amount and chance.random() < 0.7
        columns[name] = values.cast(focus.MONEY) if amount else values.cast(HELD) if held else values
    return pa.table({**columns, "_page": pa.array([1] * rows, pa.int64())})


@pytest.mark.parametrize("name", ROW_BY_ROW)
def test_distinct_combinations_give_the_rows_that_all_rows_give(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    source = sources()[name]
    amounts = frozenset(one for one, column in source.columns.items() if casting.plain_amount(column))
    opened = export.Export((), frozenset(source.columns), ())

    @settings(max_examples=10, deadline=None)
    @given(batches(source))
    def same(batch: pa.Table) -> None:
        with export.connection(tmp_path_factory.getbasetemp(), threads=1) as con:
            con.from_arrow(batch[:0]).create("stored")
            con.execute("CREATE VIEW texts AS FROM stored")
            export.define(con, opened, source, "acme", amounts)
            query = loading._select(con, source=source, account="acme", load_id="one")
            mine = made_of(con, query, batch)
            con.register("stored", batch)
            theirs = con.execute(query).to_arrow_table()
        assert mine.num_rows == batch.num_rows > 0
        assert told(mine) == told(theirs)

    same()


def told(table: pa.Table) -> dict[str, list[object]]:
    return {name: column.to_pylist() for name, column in zip(table.column_names, table.columns, strict=True)}


def rows_of(query: str, batch: pa.Table) -> pa.Table:
    with duckdb.connect() as con:
        con.from_arrow(batch[:0]).create("stored")
        return made_of(con, query, batch)


def made_of(con: duckdb.DuckDBPyConnection, query: str, batch: pa.Table) -> pa.Table:
    return distinct.Rows(con, query, lineage(con, query)).of(batch)


def test_a_value_that_does_not_fit_is_found_wherever_it_stands() -> None:
    batch = pa.table({"a": pa.array(["1", "2", "x", "1"]).cast(HELD), "b": pa.array(["1", "1", "1", "1"])})
    with pytest.raises(duckdb.ConversionException, match="'x'"):
        rows_of("SELECT CAST(a AS INTEGER) AS number FROM stored", batch)


def test_what_is_asked_about_stands_together_in_the_batch() -> None:
    """A combination that no row has is asked about nowhere: it may well be one that the SELECT refuses."""
    held = {"a": ["x", "y", "y"], "b": ["1", "2", None], "c": ["only", "only", "only"], "d": ["p", "q", "r"]}
    batch = pa.table({name: pa.array(values).cast(HELD) for name, values in held.items()})
    strict = "CASE WHEN a || coalesce(b, '') IN ('x1', 'y2', 'y') THEN a ELSE error('never together') END AS a"
    made = rows_of(f"SELECT {strict}, upper(c) AS c, d, 7 AS e FROM stored", batch)
    assert told(made) == {"a": ["x", "y", "y"], "c": ["ONLY"] * 3, "d": ["p", "q", "r"], "e": [7] * 3}
    assert [str(made[name].type) for name in "acd"] == [str(HELD)] * 3


def test_lineage_knows_what_a_column_is_made_of() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE texts (a VARCHAR, b VARCHAR, c VARCHAR)")
        con.execute("CREATE MACRO joined(x, y) AS x || y")
        query = """
            WITH named AS (SELECT *, joined(a, b) AS ab, coalesce(c, 'none') AS said FROM texts)
            SELECT b AS second, upper(ab) AS loud, 1 AS one, said, c IS NULL AS nothing FROM named
        """
        told = {name: (sorted(made.of), made.as_it_is) for name, made in lineage(con, query).items()}
    assert told == {
        "second": (["b"], True),
        "loud": (["a", "b"], False),
        "one": ([], False),
        "said": (["c"], False),
        "nothing": (["c"], False),
    }


@pytest.mark.parametrize(
    ("query", "step"),
    [
        ("SELECT a FROM texts WHERE a <> 'x'", "FILTER"),
        ("SELECT a FROM texts LIMIT 5", "LIMIT"),
        ("SELECT a FROM texts ORDER BY a", "ORDER_BY"),
        ("SELECT unnest([a, a]) AS a FROM texts", "UNNEST"),
        ("SELECT a, row_number() OVER () AS n FROM texts", "WINDOW"),
        ("SELECT a FROM texts UNION ALL SELECT a FROM texts", "UNION"),
        ("SELECT DISTINCT a FROM texts", "DISTINCT"),
        ("SELECT a FROM texts JOIN (VALUES ('x'), ('y')) AS v(b) ON a = b", "COMPARISON_JOIN"),
        ("SELECT * FROM (PIVOT (SELECT a, 1 AS n FROM texts) ON a USING count(*) GROUP BY n)", "Cannot plan"),
    ],
)
def test_what_is_not_row_by_row_is_told_by_its_step(query: str, step: str) -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE texts (a VARCHAR)")
        with pytest.raises(NotRowByRow, match=step):
            lineage(con, query)
