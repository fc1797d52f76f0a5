"""Tables whose rows name their buckets: empty buckets are days without use, not faults, and no records."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingestion import ExportRefused, LoadResult
from ingestion.registry import Source, SourceError
from tests.export_fixture import declared, loaded, rows

ACTIVITY = """
title: Activity
provider: P
how: by mail
format: csv
dataset: usage
window: buckets
buckets: {start: start_time, end: end_time, beside: [start_iso, end_iso]}
finality: never
columns:
  start_time: {type: epoch_seconds, required: true, filled: true}
  end_time: {type: epoch_seconds, required: true, filled: true}
  start_iso: {}
  end_iso: {}
  tokens: {type: integer, required: true, filled: true}
  model: {}
"""
USAGE = """SELECT _row, CAST(start_time AS DATE) AS UsageDate, model AS x_Model, tokens AS Quantity, 'tokens' AS Unit
FROM export"""
HEADER = "start_time,end_time,start_iso,end_iso,tokens,model\n"
DAYS = [1788220800 + 86400 * day for day in range(5)]  # from 2026-09-01 on


def source(folder: Path, text: str = ACTIVITY) -> Source:
    return declared(folder, text, USAGE, "usage")


def bucket(day: int, rest: str = "") -> str:
    return f"{DAYS[day]},{DAYS[day + 1]},,{rest}\n"


def stated(folder: Path, *files: str) -> tuple[list[dict[str, Any]], LoadResult]:
    result = loaded(source(folder), folder, {f"{number}.csv": text for number, text in enumerate(files)})
    return rows(result), result


def test_empty_buckets_are_days_without_use(tmp_path: Path) -> None:
    text = HEADER + bucket(0, ",,") + bucket(1, ",7,m") + bucket(1, ",8,") + bucket(2, ",,") + bucket(3, ",,")
    found, result = stated(tmp_path, text)
    assert [(row["x_SourceRow"], row["Quantity"], row["UsageDate"]) for row in found] == [
        (1, Decimal(7), date(2026, 9, 2)),
        (2, Decimal(8), date(2026, 9, 2)),
    ]
    assert (result.window_from, result.window_to, result.records) == (date(2026, 9, 1), date(2026, 9, 5), 2)


@pytest.mark.parametrize("columns", ["start_time,end_time,start_iso,end_iso", "start_time,end_time", None])
def test_a_table_without_any_use_states_its_days(columns: str | None, tmp_path: Path) -> None:
    times = "".join(
        f"{DAYS[day]},{DAYS[day + 1]}{',x,y' if columns and 'iso' in columns else ''}\n" for day in (2, 0, 1)
    )
    text = f"{columns}\n{times}" if columns else HEADER + bucket(2, ",,") + bucket(0, ",,")
    found, result = stated(tmp_path, text)
    assert (found, result.files, result.records) == ([], (), 0)
    assert (result.window_from, result.window_to) == (date(2026, 9, 1), date(2026, 9, 4))


def test_an_empty_file_beside_a_filled_one_is_of_the_same_delivery(tmp_path: Path) -> None:
    found, result = stated(tmp_path, f"start_time,end_time\n{DAYS[0]},{DAYS[1]}\n", HEADER + bucket(3, ",5,m"))
    assert [row["Quantity"] for row in found] == [5]
    assert (result.window_from, result.window_to) == (date(2026, 9, 1), date(2026, 9, 5))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEADER + bucket(0, ",,m"), "column tokens: is empty"),
        (f"start_time,end_time,start_iso,model\n{DAYS[0]},{DAYS[1]},,m\n", "lacks the column tokens"),
        (f"start_time,start_iso\n{DAYS[0]},x\n", "lacks the column end_time"),
        ("start_time,end_time\n", "no bucket at all"),
        (f"start_time,end_time\n{DAYS[1]},{DAYS[0]}\n", "ends"),
        (f"start_time,end_time\n{DAYS[0]},soon\n", "cannot be read"),
        (f"start_time,end_time\n{DAYS[0]}000,{DAYS[1]}000\n", "cannot be read"),
        ("start_time,end_time\n7,8\n", "no such date can be billed"),
        (f"start_time,end_time\n{DAYS[0]},\n", "cannot be read"),
    ],
)
def test_what_names_no_bucket_is_refused(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(ExportRefused, match=why):
        stated(tmp_path, text)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("end: end_time,", "end: end_time, unbroken: true,", "unbroken"),
        ("format: csv", "format: json_pages\nrecords: data[]\nname: {pattern: x}", "a name tells"),
        ("format: csv", "format: csv\nrow_per_record: true", "row_per_record"),
    ],
)
def test_what_a_table_of_buckets_cannot_be(old: str, new: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=why):
        source(tmp_path, ACTIVITY.replace(old, new))
