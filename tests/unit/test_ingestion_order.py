"""Rows keep the order of their export whatever threads read them: a row's number is its place, and files repeat."""

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion import (
    ExportRefused,
    LoadResult,
    Part,
    Source,
    batches,
    columnar,
    load_export,
    loading,
    sources,
    splitting,
)
from ingestion.registry import SourceError

ROWS, GROUP = 12_000, 4096
LONG = "x" * 3000  # so that a few rows make a file that is read in several pieces at once


@pytest.fixture(scope="module")
def focus() -> Source:
    return sources()["focus"]


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "PASSING", f"(FORMAT parquet, COMPRESSION uncompressed, ROW_GROUP_SIZE {GROUP})")
    monkeypatch.setattr(splitting, "ROW_GROUP", GROUP)
    monkeypatch.setattr(columnar, "BLOCK", 1 << 20)


@pytest.fixture(params=["in batches", "by DuckDB alone"])
def read(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways in which a table of records may be read: the second is for what Arrow refuses."""
    if request.param == "by DuckDB alone":
        monkeypatch.setattr(batches, "typed_rows", refused_by_arrow)


def refused_by_arrow(*_: Any) -> Iterator[pa.Table]:
    raise pa.ArrowInvalid("not for Arrow")
    yield


def big(folder: Path, focus: Source) -> Part:
    """The n-th row costs n cents; every third is a late correction for August."""
    header, first = list(csv.reader(io.StringIO((focus.folder / "sample.csv").read_text())))[:2]
    path = folder / "big.csv"
    with path.open("w", newline="") as file:
        rows = csv.DictWriter(file, header)
        rows.writeheader()
        for number in range(1, ROWS + 1):
            late = {"ChargePeriodStart": "2026-08-31T00:00:00Z", "ChargeClass": "Correction"} if number % 3 == 0 else {}
            told = {"BilledCost": f"{number / 100:.2f}", "SkuId": f"SKU{number}", "ChargeDescription": LONG}
            rows.writerow(dict(zip(header, first, strict=True)) | told | late)
    return Part(path.name, "0" * 64, path.stat().st_size, path)


def load(part: Part, focus: Source, staging: Path) -> LoadResult:
    return load_export([part], focus, "acme", staging)


@pytest.mark.usefixtures("read")
def test_a_row_is_numbered_by_its_place(tmp_path: Path, focus: Source) -> None:
    loaded = load(big(tmp_path, focus), focus, tmp_path / "staging")
    assert loaded.records == ROWS
    assert [(file.period, file.rows) for file in loaded.files] == [("2026-08", ROWS // 3), ("2026-09", ROWS * 2 // 3)]
    for file in loaded.files:
        table = pq.read_table(file.path)
        numbers = table["x_SourceRow"].to_pylist()
        assert numbers == [n for n in range(1, ROWS + 1) if (n % 3 == 0) == (file.period == "2026-08")]
        assert table["BilledCost"].to_pylist() == [Decimal(n) / 100 for n in numbers]
        assert table["SkuId"].to_pylist() == [f"SKU{n}" for n in numbers]
        assert {f"{day:%Y-%m}" for day in set(table["ChargePeriodStart"].to_pylist())} == {file.period}
        groups = [
            pq.ParquetFile(file.path).metadata.row_group(g).num_rows
            for g in range(pq.ParquetFile(file.path).num_row_groups)
        ]
        assert all(rows >= GROUP for rows in groups[:-1]), "row groups are not cut into crumbs"


def test_the_same_bytes_give_the_same_parquet(tmp_path: Path, focus: Source) -> None:
    part = big(tmp_path, focus)
    told = [
        [hashlib.sha256(file.path.read_bytes()).hexdigest() for file in load(part, focus, tmp_path / again).files]
        for again in ("one", "two")
    ]
    assert told[0] == told[1]
    assert len(told[0]) == 2


@pytest.mark.usefixtures("read")
def test_a_select_that_loses_the_order_is_refused(tmp_path: Path, focus: Source) -> None:
    joined = f"{focus.sql} WHERE BillingCurrency IN (SELECT 'USD' UNION ALL SELECT 'EUR')"
    with pytest.raises(SourceError, match="does not keep the rows in order"):
        load(big(tmp_path, focus), focus.model_copy(update={"sql": joined}), tmp_path / "staging")


@pytest.mark.usefixtures("read")
def test_rows_without_a_date_are_named_by_their_place(tmp_path: Path, focus: Source) -> None:
    part = big(tmp_path, focus)
    date = "CASE WHEN SkuId IN ('SKU9000', 'SKU9001') THEN NULL ELSE ChargePeriodStart END AS ChargePeriodStart"
    undated = f"SELECT * REPLACE ({date}) FROM ({focus.sql})"
    with pytest.raises(ExportRefused) as refused:
        load(part, focus.model_copy(update={"sql": undated}), tmp_path / "staging")
    assert [(finding.row, finding.column) for finding in refused.value.findings] == [
        (9000, "ChargePeriodStart"),
        (9001, "ChargePeriodStart"),
    ]


# What is hard about a CSV, a value for one column of the sample's first row each.
ODD = [
    ("BilledCost", "0.1234567890126"),
    ("BilledCost", "8.17E-7"),
    ("EffectiveCost", "$1,234.50 "),
    ("ListCost", "NULL"),
    ("ChargeDescription", 'two\nlines, a comma and a "quote"'),
    ("ChargeDescription", "(null)"),
    ("ChargePeriodStart", "9/1/26"),
    ("SubAccountName", " not trimmed "),
    ("Tags", '{"a": "b,c"}'),
]


def noted(tables: Iterator[pa.Table], read: list[pa.Table]) -> Iterator[pa.Table]:
    for table in tables:
        read.append(table)
        yield table


def test_both_ways_of_reading_give_the_same_rows(
    tmp_path: Path, focus: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    header, first = list(csv.reader(io.StringIO((focus.folder / "sample.csv").read_text())))[:2]
    path = tmp_path / "odd.csv"
    with path.open("w", newline="") as file:
        rows = csv.DictWriter(file, header, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
        rows.writeheader()
        rows.writerows(dict(zip(header, first, strict=True)) | {column: value} for column, value in ODD)
    part = Part(path.name, "0" * 64, path.stat().st_size, path)
    read: list[pa.Table] = []
    tables = batches.typed_rows
    monkeypatch.setattr(batches, "typed_rows", lambda *given: noted(tables(*given), read))
    mine = [pq.read_table(file.path) for file in load(part, focus, tmp_path / "batches").files]
    assert sum(table.num_rows for table in read) == len(ODD), "Arrow read them"
    monkeypatch.setattr(batches, "typed_rows", refused_by_arrow)
    assert mine == [pq.read_table(file.path) for file in load(part, focus, tmp_path / "duckdb").files]
    assert mine[0]["BilledCost"].to_pylist()[:2] == [Decimal("0.123456789013"), Decimal("0.000000817000")]


def test_a_select_that_leaves_records_out_is_no_row_per_record(tmp_path: Path, focus: Source) -> None:
    fewer = f"{focus.sql} WHERE SkuId <> 'SKU2'"
    with pytest.raises(SourceError, match="leave row_per_record out"):
        load(big(tmp_path, focus), focus.model_copy(update={"sql": fewer}), tmp_path / "staging")


def columns_of_parquet() -> dict[str, pa.Array]:
    """The sample's columns as Parquet may hold them: times with and without a zone, doubles, decimals, maps, whole
    numbers, texts that repeat and texts that do not."""
    table = pq.read_table(sources()["aws_cur"].folder / "sample" / "acme-00001.snappy.parquet")
    columns = {
        name: pa.array(table[name].to_pylist()[:1] * 6, table.schema.field(name).type) for name in table.schema.names
    }
    day = datetime(2026, 9, 3, 1, 30, 0, 250_000)
    columns["line_item_usage_start_date"] = pa.array([day] * 6, pa.timestamp("us"))
    columns["line_item_usage_end_date"] = pa.array([day.replace(hour=2)] * 5 + [None], pa.timestamp("ms", "UTC"))
    columns["line_item_unblended_cost"] = pa.array([0.1, 8.17e-7, 1234567.000001, -0.0, 1e-9, 3.0])
    columns["line_item_usage_amount"] = pa.array(
        [Decimal("0.000000000001"), None, *[Decimal(3)] * 4], pa.decimal128(38, 12)
    )
    columns["pricing_public_on_demand_cost"] = pa.array([1, 2, 3, None, 5, 6], pa.int32())
    columns["line_item_resource_id"] = pa.array([f"arn:{n}" for n in range(4)] + ["", None])
    columns["line_item_line_item_description"] = pa.array(["one", "two"] * 3).dictionary_encode()
    return columns


@pytest.mark.parametrize("times", ["micros", "int96", "nanos"])
def test_both_ways_of_reading_parquet_give_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: str
) -> None:
    cur, path = sources()["aws_cur"], tmp_path / "bill.parquet"
    columns = columns_of_parquet()
    if times == "nanos":
        columns["line_item_usage_end_date"] = columns["line_item_usage_end_date"].cast(pa.timestamp("ns"))
    pq.write_table(pa.table(columns), path, use_deprecated_int96_timestamps=times == "int96")
    part = Part(path.name, "0" * 64, path.stat().st_size, path)
    read: list[pa.Table] = []
    tables = batches.typed_rows
    monkeypatch.setattr(batches, "typed_rows", lambda *given: noted(tables(*given), read))
    mine = [pq.read_table(file.path) for file in load_export([part], cur, "acme", tmp_path / "batches").files]
    assert sum(table.num_rows for table in read) == (0 if times == "nanos" else 6), (
        "Arrow read what it sees as DuckDB does"
    )
    monkeypatch.setattr(batches, "typed_rows", refused_by_arrow)
    assert mine == [pq.read_table(file.path) for file in load_export([part], cur, "acme", tmp_path / "duckdb").files]
    assert mine[0]["x_SourceRow"].to_pylist() == [1, 2, 3, 4, 5, 6]
    assert mine[0]["ContractedCost"].to_pylist()[:2] == [Decimal("0.100000000000"), Decimal("0.000000817000")]
    assert mine[0]["ResourceId"].to_pylist()[3:] == ["arn:3", None, None]


def test_a_damaged_parquet_file_is_refused_by_name(tmp_path: Path) -> None:
    cur, path = sources()["aws_cur"], tmp_path / "bill.parquet"
    pq.write_table(pa.table(columns_of_parquet()), path)
    whole = path.read_bytes()
    footer = 8 + int.from_bytes(whole[-8:-4], "little")  # which tells the columns, and is as it was
    path.write_bytes(whole[:4] + bytes(len(whole) - footer - 4) + whole[-footer:])
    with pytest.raises(ExportRefused) as refused:
        load_export([Part(path.name, "0" * 64, len(whole), path)], cur, "acme", tmp_path / "staging")
    assert refused.value.findings[0].file == "bill.parquet"
