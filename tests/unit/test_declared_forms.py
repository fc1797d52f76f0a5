"""What a declaration can say of headers and of objects inside rows."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion import ExportRefused
from tests.export_fixture import declared, loaded, rows

BILL = """
title: A bill
provider: P
how: by mail
format: csv
money_unit: dollars
dataset: charges
window: days
finality: never
columns:
  day: {type: date, required: true, filled: true, also: [usageDate]}
  amount: {type: decimal, required: true, also: [Cost, costInBillingCurrency]}
  labels: {type: json, bare: true}
"""
SELECT = """SELECT _row, amount AS BilledCost, 'USD' AS BillingCurrency, day AS ChargePeriodStart,
day + INTERVAL 1 DAY AS ChargePeriodEnd, 'Usage' AS ChargeCategory, labels AS Tags FROM export"""


def made(home: Path, text: str, sql: str, **files: bytes | str) -> list[dict[str, Any]]:
    return rows(loaded(declared(home, text, sql), home, files))


def parquet(row: dict[str, Any]) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist([row]), sink)
    return bytes(sink.getvalue().to_pybytes())


@pytest.mark.parametrize("header", ["day,amount", "Day,cost", "USAGEDATE,CostInBillingCurrency"])
def test_a_column_may_have_several_headers(header: str, tmp_path: Path) -> None:
    (row,) = made(tmp_path, BILL, SELECT, bill=f"{header}\n2026-10-01,1.5\n")
    assert row["BilledCost"] == Decimal("1.5")


def test_two_headers_of_one_column_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match=r"more than one column named .?amount"):
        made(tmp_path, BILL, SELECT, bill="day,amount,Cost\n2026-10-01,1.5,2\n")


@pytest.mark.parametrize("written", ['"a": "x","b": "1"', '{"a": "x","b": "1"}'])
def test_an_object_may_lack_its_braces(written: str, tmp_path: Path) -> None:
    quoted = written.replace('"', '""')
    (row,) = made(tmp_path, BILL, SELECT, bill=f'day,amount,labels\n2026-10-01,1,"{quoted}"\n')
    assert json.loads(row["Tags"]) == {"a": "x", "b": "1"}


def test_what_is_no_object_even_with_braces_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match="row 1, column labels"):
        made(tmp_path, BILL, SELECT, bill="day,amount,labels\n2026-10-01,1,team=red\n")


NESTED = """
title: Rows of a table
provider: P
how: by mail
format: nested
money_unit: dollars
dataset: charges
window: days
finality: never
columns:
  hour: {type: timestamp, required: true, filled: true}
  price.amount: {type: decimal, required: true, filled: true}
  price.code.text: {required: true}
  labels: {type: json}
"""
OF_NESTED = """SELECT _row,
"price.amount" AS BilledCost, "price.code.text" AS BillingCurrency, hour AS ChargePeriodStart,
hour + INTERVAL 1 HOUR AS ChargePeriodEnd, 'Usage' AS ChargeCategory, labels AS Tags FROM export"""
ROW: dict[str, Any] = {
    "hour": datetime(2026, 9, 1, 8, tzinfo=UTC),
    "price": {"amount": 1.1, "code": {"text": "EUR"}},
    "labels": [{"key": "a", "value": "x"}],
}


def test_rows_with_objects_in_them_are_read_alike_from_parquet_and_from_lines(tmp_path: Path) -> None:
    lines = json.dumps(ROW | {"hour": "2026-09-01 08:00:00 UTC"}) + "\n"
    one, other = made(tmp_path, NESTED, OF_NESTED, **{"rows.parquet": parquet(ROW), "rows.json": lines})
    differing = {key for key in one if one[key] != other[key]}
    assert differing == {"x_SourceRow"}
    assert (one["BilledCost"], one["BillingCurrency"]) == (Decimal("1.1"), "EUR")
    assert (one["ChargePeriodStart"], json.loads(one["Tags"])) == (datetime(2026, 9, 1, 8), ROW["labels"])


def test_a_missing_field_of_an_object_is_refused_by_its_name(tmp_path: Path) -> None:
    row = {**ROW, "price": {"amount": 1.1, "code": {"words": "EUR"}}}
    with pytest.raises(ExportRefused, match=r"price\.code\.text"):
        made(tmp_path, NESTED, OF_NESTED, **{"rows.parquet": parquet(row)})
