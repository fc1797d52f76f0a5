"""Bad exports, each refused with a verdict that names place and cure, while a good one beside it is loaded."""

import gzip
import json
import os
import resource
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

GOOD = "2026-09-09T0600Z-good"


def refused(desk: Any, source: str, name: str, content: Any) -> str:
    """Deliver something bad beside something good; what is said of the bad. Nothing is lost, nothing else disturbed."""
    path = desk.deliver(source, name, content)
    desk.deliver("anthropic_usage_messages", GOOD, desk.sample("anthropic_usage_messages"))
    report = desk.load()
    states = {Path(outcome.path).name: outcome for outcome in report.deliveries}
    assert states[GOOD].state == "loaded"
    assert states[name].state == "refused", states[name]
    load_id = states[name].load_id
    kept = desk.books.quarantine / load_id
    delivered = sorted(path.iterdir()) if path.is_dir() else [path]
    assert [file.read_bytes() for file in sorted((kept / "export").iterdir())] == [f.read_bytes() for f in delivered]
    verdict = json.loads((kept / "verdict.json").read_text())
    assert verdict["passed"] is False
    assert [result for result in verdict["results"] if not result["success"]]
    assert not [file for file in desk.books.lake.rglob("*.parquet") if file.stem != states[GOOD].load_id]
    assert not (desk.books.lake / ".staging" / load_id).exists()
    told = "\n".join(states[name].findings)
    assert name in told or any(file.name in told for file in delivered)
    assert any(line.startswith(f"{source}/acme/{name}") for line in report.errors)
    return told


def pages(desk: Any, source: str, change: Callable[[str, bytes], bytes]) -> dict[str, bytes]:
    return {name: change(name, text) for name, text in desk.sample(source).items()}


def csv(desk: Any) -> str:
    return str(desk.sample("focus")["sample.csv"].decode())


def test_truncated_json(desk: Any) -> None:
    told = refused(
        desk,
        "openai_costs",
        "2026-09-06T0600Z",
        pages(desk, "openai_costs", lambda name, text: text[:900] if "2" in name else text),
    )
    assert "page-0002.json" in told
    assert "not complete JSON" in told
    assert "line" in told


def test_json_that_is_an_error_message(desk: Any) -> None:
    told = refused(desk, "openai_costs", "answer.json", b'{"error": {"message": "invalid key"}}')
    assert "error message" in told
    assert "invalid key" in told


def test_nan_in_json(desk: Any) -> None:
    text = (
        desk.sample("openai_costs")["page-0002.json"]
        .replace(b"-5.0", b"NaN")
        .replace(b'"has_more": true', b'"has_more": false')
    )
    assert "NaN, which is no amount" in refused(desk, "openai_costs", "nan.json", text)


def test_nan_in_csv(desk: Any) -> None:
    told = refused(desk, "focus", "nan.csv", csv(desk).replace("\n-0.75,", "\nNaN,"))
    assert "row 6, column BilledCost: holds NaN, which is no amount" in told


def test_column_missing(desk: Any) -> None:
    lines = [line.split(",", 1)[1] for line in csv(desk).splitlines()]
    told = refused(desk, "focus", "missing.csv", "\n".join(lines))
    assert "lacks the column BilledCost" in told
    assert "renamed" not in told


def test_column_renamed(desk: Any) -> None:
    told = refused(desk, "focus", "renamed.csv", csv(desk).replace("BilledCost,", "Billed Cost,", 1))
    assert "lacks the column BilledCost; was it renamed to Billed Cost?" in told


def test_field_renamed_in_json(desk: Any) -> None:
    changed = pages(desk, "anthropic_cost_report", lambda _, text: text.replace(b'"amount"', b'"amount_cents"'))
    told = refused(desk, "anthropic_cost_report", "2026-09-06T0600Z", changed)
    assert "lacks the column amount; was it renamed to amount_cents?" in told


def test_duplicate_header(desk: Any) -> None:
    told = refused(desk, "focus", "twice.csv", csv(desk).replace("BillingAccountName", "BilledCost", 1))
    assert "more than one column named 'billedcost'" in told


@pytest.mark.parametrize("name", ["empty.csv", "empty.json"])
def test_empty_file(desk: Any, name: str) -> None:
    assert "is empty" in refused(desk, "focus" if name.endswith("csv") else "openai_costs", name, b"")


def test_header_only(desk: Any) -> None:
    assert "has a header but no rows" in refused(desk, "focus", "header.csv", csv(desk).splitlines()[0] + "\r\n")


def test_no_bucket_at_all(desk: Any) -> None:
    page = b'{"data": [], "has_more": false, "next_page": null}'
    assert "no bucket at all" in refused(desk, "anthropic_cost_report", "none.json", page)


def test_unknown_currency(desk: Any) -> None:
    told = refused(desk, "focus", "currency.csv", csv(desk).replace(",USD,", ",ZZZ,", 1))
    assert "currency" in told.lower()
    assert "ZZZ" in told


def test_invalid_charge_category(desk: Any) -> None:
    told = refused(desk, "focus", "category.csv", csv(desk).replace(",Purchase,", ",Purchases,"))
    assert "row 5, column ChargeCategory: holds 'Purchases'" in told
    assert "one of: Usage, Purchase, Tax, Credit, Adjustment" in told


def test_amount_missing(desk: Any) -> None:
    told = refused(desk, "focus", "hole.csv", csv(desk).replace("\n100.00,", "\n(null),"))
    assert "row 5, column BilledCost: is empty" in told


def test_amount_too_large(desk: Any) -> None:
    told = refused(desk, "focus", "large.csv", csv(desk).replace("\n100.00,", "\n12345678901234567.5,"))
    assert "row 5, column BilledCost: holds '12345678901234567.5'" in told
    assert "at most 16 digits" in told


@pytest.mark.parametrize("text", ["1.000,50", "1,00", "1,0000"])
def test_separators_that_could_mean_another_amount(desk: Any, text: str) -> None:
    told = refused(desk, "focus", "thousands.csv", csv(desk).replace("\n100.00,", f'\n"{text}",'))
    assert f"holds '{text}', which is not a decimal number" in told


def test_negative_usage(desk: Any) -> None:
    changed = pages(desk, "anthropic_usage_messages", lambda _, text: text.replace(b"41200", b"-41200"))
    told = refused(desk, "anthropic_usage_messages", "2026-09-06T0600Z", changed)
    assert "No quantity is negative" in told


def test_offending_rows_are_kept_as_csv(desk: Any) -> None:
    text = csv(desk).replace("2026-09-03T00:00:00Z,2026-09-02T00:00:00Z", "2026-11-03T00:00:00Z,2026-11-02T00:00:00Z")
    refused(desk, "focus", "late.csv", text.replace("Cached input of a model,", "=HYPERLINK(1),"))
    (rows,) = desk.books.quarantine.glob("*/rows-*.csv")
    lines = rows.read_text().splitlines()
    assert len(lines) == 2
    assert "2026-11-02" in lines[1]
    assert ",'=HYPERLINK(1)," in lines[1]


def test_tokens_that_do_not_add_up(desk: Any) -> None:
    changed = pages(
        desk,
        "openai_usage_completions",
        lambda _, text: text.replace(b'_uncached_tokens": 500', b'_uncached_tokens": 501'),
    )
    told = refused(desk, "openai_usage_completions", "2026-09-06T0600Z", changed)
    assert "input_tokens is uncached, cached and cache-write input together" in told
    assert "page-0001.json, row 1" in told


def test_fraction_of_a_token(desk: Any) -> None:
    changed = pages(
        desk, "openai_usage_completions", lambda _, text: text.replace(b'"output_tokens": 3', b'"output_tokens": 3.7')
    )
    told = refused(desk, "openai_usage_completions", "2026-09-06T0600Z", changed)
    assert "page-0002.json, row 3, column output_tokens: holds '3.7', which is not a whole number" in told


def test_date_outside_the_window(desk: Any) -> None:
    later = csv(desk).replace("2026-09-03T00:00:00Z,2026-09-02T00:00:00Z", "2026-11-03T00:00:00Z,2026-11-02T00:00:00Z")
    assert "No use is dated after the billing period" in refused(desk, "focus", "late.csv", later)


def test_milliseconds_for_seconds(desk: Any) -> None:
    text = desk.sample("openai_costs")["page-0003.json"]
    page = json.loads(text)
    bucket = page["data"][0]
    bucket["start_time"], bucket["end_time"] = bucket["start_time"] * 1000, bucket["end_time"] * 1000
    told = refused(desk, "openai_costs", "milliseconds.json", json.dumps(page))
    assert "which is not Unix seconds" in told or "no such date can be billed" in told


def test_repeated_bucket(desk: Any) -> None:
    sample = desk.sample("anthropic_cost_report")
    page = sample["page-0001.json"].replace(b'"has_more": true', b'"has_more": false')
    told = refused(
        desk, "anthropic_cost_report", "again", {"page-0001.json": sample["page-0001.json"], "page-0002.json": page}
    )
    assert "page-0002.json" in told
    assert "repeats" in told or "same next page" in told


def test_gap_between_buckets(desk: Any) -> None:
    def without_second_day(_: str, text: bytes) -> bytes:
        page = json.loads(text)
        page["data"] = [bucket for bucket in page["data"] if not bucket["starting_at"].startswith("2026-09-02")]
        return json.dumps(page).encode()

    changed = pages(desk, "anthropic_usage_messages", without_second_day)
    told = refused(desk, "anthropic_usage_messages", "2026-09-06T0600Z", changed)
    assert "lacks the buckets between 2026-09-02 00:00:00 and 2026-09-03 00:00:00" in told


def test_repeating_page_token(desk: Any) -> None:
    changed = pages(desk, "openai_costs", lambda _, text: text.replace(b"page_BBBB", b"page_AAAA"))
    told = refused(desk, "openai_costs", "2026-09-06T0600Z", changed)
    assert "page-0002.json" in told
    assert "names the same next page as page-0001.json" in told


def test_text_that_is_not_utf8(desk: Any) -> None:
    assert "UTF-16" in refused(desk, "focus", "wide.csv", csv(desk).encode("utf-16"))


def test_row_with_a_cell_too_many(desk: Any) -> None:
    told = refused(desk, "focus", "ragged.csv", csv(desk) + "1,2,3" + ",x" * 60 + "\n")
    assert "ragged.csv, row 8: cannot be read" in told


def test_parquet_cut_short(desk: Any, tmp_path: Path) -> None:
    pq.write_table(pa.table({"BilledCost": ["1"] * 1000}), tmp_path / "whole.parquet")
    told = refused(desk, "focus", "cut.parquet", (tmp_path / "whole.parquet").read_bytes()[:300])
    assert "not a whole Parquet file" in told


def test_gzip_cut_short(desk: Any) -> None:
    told = refused(desk, "focus", "cut.csv.gz", gzip.compress(csv(desk).encode())[:-40])
    assert "not a whole gzip file" in told


def test_gzip_bomb(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = gzip.compress(csv(desk).encode() + b"0" * 50_000_000)
    assert len(bomb) < 100_000
    assert "expands to more than" in refused(desk, "focus", "bomb.csv.gz", bomb)


@pytest.mark.parametrize("source", ["focus", "openai_costs"])
def test_a_gigabyte_that_is_not_what_it_says(desk: Any, source: str) -> None:
    name = "export.csv" if source == "focus" else "export.json"
    path = desk.deliver(source, name, b"")
    os.truncate(path, 1 << 30)
    started, memory = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (outcome,) = desk.load().deliveries
    assert outcome.state == "refused"
    assert "binary" in outcome.findings[0] or "does not begin with {" in outcome.findings[0]
    assert time.monotonic() - started < 60  # a copy of a gigabyte on a busy disk; parsing it would take far longer
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 300_000  # KiB; the file has a million
    for copy in desk.books.home.rglob("*"):
        if copy.is_file() and copy.stat().st_size == 1 << 30:
            copy.unlink()


def test_a_number_with_20_significant_digits_is_kept(desk: Any) -> None:
    desk.deliver("openai_costs", "2026-09-06T0600Z", desk.sample("openai_costs"))
    (outcome,) = desk.load().deliveries
    (file,) = desk.books.lake.rglob("*.parquet")
    amounts = pq.read_table(file, columns=["BilledCost"])["BilledCost"].to_pylist()
    assert Decimal("12345678.123456789012") in amounts
    assert outcome.totals == {"USD": f"{sum(amounts):.12f}"}
    assert any("more than 12 decimal places" in line for line in outcome.findings)
