"""What a source's declaration can say of tables that come in parts, in many columns, or in a provider's own words."""

import gzip
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion import ExportRefused
from ingestion.registry import Source, SourceError, read_source
from tests.export_fixture import declared, loaded, rows

BILL = """
title: A bill in parts
provider: P
how: by mail
format: tabular
money_unit: dollars
dataset: charges
window: days
finality: never
row_per_record: true
not_loaded: ['in_*']
columns:
  day: {type: date, required: true, filled: true}
  amount: {type: decimal, required: true, filled: true}
  tag/: {type: json, gathered: true}
"""
CHARGES = """SELECT _row, amount AS BilledCost, 'USD' AS BillingCurrency, day AS ChargePeriodStart,
day + INTERVAL 1 DAY AS ChargePeriodEnd, 'Usage' AS ChargeCategory, "tag/" AS Tags FROM export"""


def source(folder: Path, text: str = BILL, sql: str = CHARGES) -> Source:
    return declared(folder, text, sql)


def parquet(**columns: list[Any]) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return bytes(sink.getvalue().to_pybytes())


def test_a_month_may_come_in_parts_of_any_form(tmp_path: Path) -> None:
    files = {
        "part-1.csv": b"day,amount,tag/team\n2026-09-01,1,red\n2026-09-02,2,\n",
        "part-2.csv.gz": gzip.compress(b"amount,day\n3,2026-09-03\n"),
        "part-3.parquet": parquet(amount=[4.5], day=["2026-09-04"], **{"tag/team": ["blue"], "tag/app": [None]}),
    }
    result = loaded(source(tmp_path), tmp_path, files)
    told = [(row["x_SourceRow"], row["ChargePeriodStart"].day, row["BilledCost"], row["Tags"]) for row in rows(result)]
    red, none, blue = '{"team":"red"}', "{}", '{"team":"blue"}'
    assert told == [(1, 1, 1, red), (2, 2, 2, none), (3, 3, 3, none), (4, 4, Decimal("4.5"), blue)]
    assert (result.records, result.totals) == (4, {"USD": "10.500000000000"})


def test_what_is_wrong_in_a_part_names_that_part(tmp_path: Path) -> None:
    files = {"part-1.csv": b"day,amount\n2026-09-01,1\n", "part-2.csv": b"day,amount\n2026-09-02,x\n"}
    with pytest.raises(ExportRefused, match=r"part-2\.csv.*column amount"):
        loaded(source(tmp_path), tmp_path, files)
    files["part-2.csv"] = b"day,amount\n2026-09-02,1,1\n"
    with pytest.raises(ExportRefused, match=r"part-2\.csv"):
        loaded(read_source(tmp_path / "a_source"), tmp_path, files)


def test_the_same_part_twice_is_no_second_bill(tmp_path: Path) -> None:
    files = {"part-1.csv": b"day,amount\n2026-09-01,1\n", "part-1 (copy).csv": b"day,amount\n2026-09-01,1\n"}
    with pytest.raises(ExportRefused, match=r"part-1 \(copy\)\.csv.*same bytes as part-1\.csv"):
        loaded(source(tmp_path), tmp_path, files)


def test_a_part_without_a_required_column_is_refused_by_its_name(tmp_path: Path) -> None:
    files = {"part-1.csv": b"day,amount\n2026-09-01,1\n", "part-2.csv": b"day,in_amount\n2026-09-02,1\n"}
    with pytest.raises(ExportRefused, match=r"part-2\.csv.*renamed to in_amount"):
        loaded(source(tmp_path), tmp_path, files)


def test_columns_known_but_not_loaded_are_no_news(tmp_path: Path) -> None:
    files = {"bill.csv": b"day,amount,tag/team,in_id,colour\n2026-09-01,1,red,7,green\n"}
    result = loaded(source(tmp_path), tmp_path, files)
    (warning,) = result.warnings
    assert "colour" in warning.message
    assert "in_id" not in warning.message
    assert "tag/team" not in warning.message


def test_what_is_gathered_may_have_another_head(tmp_path: Path) -> None:
    text = BILL.replace("tag/: {type: json", "tags: {type: json, also: [tag/]").replace("['in_*']", "[]")
    files = {"bill.csv": b"day,amount,tag/team\n2026-09-01,7,red\n"}
    result = loaded(source(tmp_path, text, CHARGES.replace('"tag/"', "tags")), tmp_path, files)
    assert [(row["BilledCost"], row["Tags"], result.warnings) for row in rows(result)] == [(7, '{"team":"red"}', ())]


def test_what_is_gathered_is_json(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="gathered"):
        source(tmp_path, BILL.replace("{type: json, gathered", "{gathered"))


def test_macros_decide_the_rows_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.registry.MACROS", tmp_path)
    monkeypatch.setattr("ingestion.export.MACROS", tmp_path)
    text, sql = BILL + "macros: [shout]\n", CHARGES.replace("'Usage'", "shout('us') || 'age'")
    with pytest.raises(SourceError, match="no macros shout"):
        source(tmp_path, text, sql)
    (tmp_path / "shout.sql").write_text("CREATE TEMP MACRO shout(x) AS upper(x);")
    first = read_source(tmp_path / "a_source")
    result = loaded(first, tmp_path, {"bill.csv": b"day,amount\n2026-09-01,1\n"})
    assert [row["ChargeCategory"] for row in rows(result)] == ["USage"]
    (tmp_path / "shout.sql").write_text("CREATE TEMP MACRO shout(x) AS lower(x);")
    assert read_source(tmp_path / "a_source").definition != first.definition
