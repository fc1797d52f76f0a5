"""Great Expectations on DuckDB: the one internal behaviour the gate relies on, and how many rows it really judged."""

import duckdb
import great_expectations as gx
import great_expectations.expectations as gxe
import pytest
import sqlalchemy

from expectations.duckdb_dialect import register

ROWS = 100_003


@pytest.fixture
def batch(tmp_path):
    file = tmp_path / "numbers.duckdb"
    with duckdb.connect(str(file)) as con:
        con.execute(f"create table numbers as select i, i % 7 as k from range({ROWS}) as t(i)")
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_sql(
        "numbers", connection_string=f"{register()}:///{file}", create_temp_table=False
    )
    asset = source.add_table_asset("numbers", table_name="numbers")
    return asset.add_batch_definition_whole_table("whole").get_batch()


def test_every_kind_of_expectation_judges_every_row(batch) -> None:
    suite = gx.ExpectationSuite("numbers")
    for expectation in (
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        gxe.ExpectColumnValuesToNotBeNull(column="i"),
        gxe.ExpectColumnValuesToBeInSet(column="k", value_set=list(range(7))),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="i", column_B="k", or_equal=True),
        gxe.UnexpectedRowsExpectation(unexpected_rows_query="select * from {batch} where k = 6"),
    ):
        suite.add_expectation(expectation)
    found = {ran.expectation_config.type: ran for ran in batch.validate(suite, result_format="SUMMARY").results}
    counted = {kind: ran.result.get("element_count", ran.result.get("observed_value")) for kind, ran in found.items()}
    assert counted == {
        "expect_table_row_count_to_be_between": ROWS,
        "expect_column_values_to_not_be_null": ROWS,
        "expect_column_values_to_be_in_set": ROWS,
        "expect_column_pair_values_a_to_be_greater_than_b": ROWS,
        "unexpected_rows_expectation": ROWS // 7,
    }
    assert [kind for kind, ran in found.items() if not ran.success] == ["unexpected_rows_expectation"]


def test_rows_outlive_their_connection(tmp_path) -> None:
    """What GX does: it fetches after the connection is closed. Unbuffered, DuckDB has dropped the rows by then."""
    engine = sqlalchemy.create_engine(f"{register()}:///{tmp_path / 'x.duckdb'}")
    with engine.connect() as connection:
        result = connection.execute(sqlalchemy.text("select i from range(3) as t(i)"))
    assert result.fetchall() == [(0,), (1,), (2,)]
