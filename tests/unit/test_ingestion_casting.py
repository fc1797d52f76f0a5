"""Text to decimals and times: never through a float, rounded once, in UTC."""

from collections.abc import Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingestion.casting import misfit, plain_amount, strict
from ingestion.declared import Column, ColumnType
from ingestion.export import connection
from ingestion.focus import MONEY

WIDE = Context(prec=200)
PICO = Decimal("1e-12")
numbers = st.from_regex(r"-?[0-9]{1,16}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with connection(Path(tmp_path_factory.mktemp("scratch"))) as con:
        yield con


def cast(con: duckdb.DuckDBPyConnection, text: str, kind: ColumnType) -> object:
    """The typed value, or None when it is refused; both ways of asking must agree."""
    row = "(SELECT CAST(? AS VARCHAR) AS x)"
    (wrong,) = con.execute(f"SELECT {misfit('x', Column(type=kind))} FROM {row}", [text]).fetchall()[0]
    try:
        (value,) = con.execute(f"SELECT {strict('x', Column(type=kind))} FROM {row}", [text]).fetchall()[0]
    except duckdb.Error:
        assert wrong
        return None
    assert not wrong
    return value


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers)
@example("35.2E-7")
@example("8.17E-17")
@example("1.5e-12")
@example("-0.0000000000005")
@example("12345678.123456789012")
@example("9999999999999999.9999999999994")
@example("9999999999999999.9999999999995")
@example("1e99")
def test_amounts_are_exact(con: duckdb.DuckDBPyConnection, text: str) -> None:
    wanted = Decimal(text).quantize(PICO, ROUND_HALF_UP, WIDE)
    assert cast(con, text, "decimal") == (wanted if abs(wanted) < 10**16 else None)
    cents = WIDE.multiply(Decimal(text), Decimal("0.01")).quantize(PICO, ROUND_HALF_UP, WIDE)
    assert cast(con, text, "cents") == (cents if abs(cents) < 10**14 else None)


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(numbers, st.text("0123456789.eE+- ,$", max_size=20)))
@example("+.5")
@example("1.")
@example("1.0000000000001")
def test_what_arrow_takes_for_an_amount_is_what_we_take(con: duckdb.DuckDBPyConnection, text: str) -> None:
    """Batches of a CSV are read by Arrow; what it refuses is left to `strict`, so it may refuse anything."""
    assert plain_amount(Column(type="decimal"))
    try:
        (amount,) = pa.array([text]).cast(MONEY).to_pylist()
    except pa.ArrowInvalid:
        return
    assert cast(con, text, "decimal") == amount


@pytest.mark.parametrize("text", ["0E-6176", "-0e99999", "0.00E+5", "0.000000000000000000000000000000000000000"])
def test_nothing_is_nothing_at_any_power(con: duckdb.DuckDBPyConnection, text: str) -> None:
    """OpenAI writes the amount of what was free as the text 0E-6176, others as many noughts."""
    assert cast(con, text, "decimal") == cast(con, text, "cents") == 0


@pytest.mark.parametrize(
    "text", ["NaN", "inf", "-Infinity", "1,000.5", "12abc", "0x10", "--1", "1e5e5", "true", "1.2.3", "0E"]
)
def test_what_is_no_number_is_refused(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert cast(con, text, "decimal") is None
    assert cast(con, text, "cents") is None
    assert cast(con, text, "integer") is None


@pytest.mark.parametrize(
    ("text", "value"), [("12", 12), ("12.0", 12), ("1e3", 1000), ("999999999999999999", 10**18 - 1)]
)
def test_whole_numbers(con: duckdb.DuckDBPyConnection, text: str, value: int) -> None:
    assert cast(con, text, "integer") == value


@pytest.mark.parametrize("text", ["12.7", "0.0000001", "1e-3", "9999999999999999999"])
def test_no_fraction_is_rounded_away(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert cast(con, text, "integer") is None


@pytest.mark.parametrize(
    "text",
    [
        *("2026-09-01T00:00:00Z", "2026-09-01T00:00Z", "2026-09-01", "2026-09-01 00:00:00", "2026-09-01T00:00:00.000Z"),
        *(
            "2026-09-01T02:00:00+02:00",
            "2026-08-31 19:00:00-05:00",
            "2026-09-01 00:00:00 UTC",
            "2026-09-01 00:00:00+00",
        ),
    ],
)
def test_times_are_kept_in_utc(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert cast(con, text, "timestamp") == datetime(2026, 9, 1)


@pytest.mark.parametrize("text", ["01/09/2026", "2026-13-01T00:00:00Z", "yesterday", "1788220800", "4/1/25"])
def test_what_is_no_time_is_refused(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert cast(con, text, "timestamp") is None


def test_unix_seconds(con: duckdb.DuckDBPyConnection) -> None:
    assert cast(con, "1788220800", "epoch_seconds") == datetime(2026, 9, 1)
    assert cast(con, "1788220800000", "epoch_seconds") is None
    assert cast(con, "1788220800.5", "epoch_seconds") is None
