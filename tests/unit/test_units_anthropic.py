"""Anthropic's exports: cents and dollars, older headers, overlapping groups, cut-offs, and which of them counts."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingestion import ExportRefused, LoadResult, sources
from ingestion.golden import sample
from ingestion.registry import Source
from pipeline.manifest import DeliveryEntry, Load, coverage
from tests.export_fixture import loaded, rows

Page = dict[str, Any]
ENTERPRISE = [name for name in sorted(sources()) if name.startswith("anthropic_enterprise_")]
COST_HEADS = {
    2024: "usage_date_utc,model,workspace,api_key,usage_type,token_type,cost_usd",
    2025: "usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,cost_type",
}
USAGE_HEAD_2025 = (
    "usage_date_utc,model_version,api_key,workspace,usage_type,usage_input_tokens_no_cache,"
    "usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,"
    "usage_output_tokens,web_search_count"
)


def in_order(result: LoadResult) -> list[dict[str, Any]]:
    return sorted(rows(result), key=lambda row: (row["x_SourceRow"], str(row["x_TokenClass"])))


def changed(source: Source, folder: Path, change: Callable[[Page], None]) -> LoadResult:
    """The source's sample, each page changed."""
    files = {}
    for file in sample(source):
        page = json.loads(file.read_text())
        change(page)
        files[file.name] = json.dumps(page).encode()
    return loaded(source, folder, files)


def records(page: Page) -> list[Page]:
    return [row for one in page["data"] for row in (one.get("results", [one]))]


def as_delivered(name: str, folder: Path) -> list[dict[str, Any]]:
    source = sources()[name]
    return in_order(loaded(source, folder, {file.name: file.read_bytes() for file in sample(source)}))


@pytest.mark.parametrize("name", ["anthropic_enterprise_cost", "anthropic_enterprise_user_cost"])
def test_fractional_cents_of_the_enterprise(name: str, tmp_path: Path) -> None:
    assert '"41280.000000"' in sample(sources()[name])[0].read_text()
    first = as_delivered(name, tmp_path)[0]
    assert (first["BilledCost"], first["EffectiveCost"]) == (Decimal("412.80"), Decimal("412.80"))
    assert first["ListCost"] == Decimal("516.00")


def test_a_number_of_cents_is_claude_codes_estimate(tmp_path: Path) -> None:
    assert '"amount": 186' in sample(sources()["anthropic_claude_code"])[0].read_text()
    estimates = [row["EstimatedCost"] for row in as_delivered("anthropic_claude_code", tmp_path)]
    assert [one for one in estimates if one] == [Decimal(text) for text in ("1.86", "0.004215", "0.57125", "0.12")]


def test_dollars_of_the_console(tmp_path: Path) -> None:
    first, *_, batch, search = as_delivered("anthropic_console_cost", tmp_path)
    assert (first["BilledCost"], first["x_TokenClass"], first["x_Model"]) == (
        Decimal("0.41"), "uncached_input", "claude-opus-5",
    )  # fmt: skip
    assert (batch["BilledCost"], batch["ListCost"], batch["x_ContextWindow"]) == (Decimal("18.75"), 20, "200k-1M")
    assert (search["BilledCost"], search["x_Model"], search["x_TokenClass"]) == (Decimal("0.40"), None, None)


def test_dollars_with_thousands_in_a_spend_report(tmp_path: Path) -> None:
    first, *_, service = as_delivered("anthropic_spend_report", tmp_path)
    assert (first["BilledCost"], first["ListCost"]) == (Decimal("1000.50"), Decimal("1250.63"))
    assert (service["x_PrincipalId"], service["x_ConsumerId"]) == ("(org service usage)", None)


def test_an_older_spend_report_ends_with_the_user(tmp_path: Path) -> None:
    source = sources()["anthropic_spend_report"]
    (file,) = sample(source)
    lines = list(csv.reader(file.read_text().splitlines()))
    ends = lines[0].index("user_id") + 1
    older = io.StringIO()
    csv.writer(older).writerows(line[:ends] for line in lines)
    result = loaded(source, tmp_path, {file.name: older.getvalue().encode()})
    assert sum(row["BilledCost"] for row in in_order(result)) == Decimal("1031.82")
    assert not result.warnings


@pytest.mark.parametrize("year", COST_HEADS)
def test_an_older_cost_csv_has_no_list_price(year: int, tmp_path: Path) -> None:
    values = {"usage_date_utc": "2025-03-01", "model": "Claude 3.5 Sonnet 2024-10-22", "workspace": "Default",
              "api_key": "bot", "usage_type": "message", "context_window": "≤ 200k", "token_type": "input_cache_read",
              "cost_usd": "12.34", "cost_type": "token"}  # fmt: skip
    line = ",".join(values[column] for column in COST_HEADS[year].split(","))
    result = loaded(sources()["anthropic_console_cost"], tmp_path, {"cost": f"{COST_HEADS[year]}\n{line}\n"})
    (row,) = in_order(result)
    assert (row["BilledCost"], row["ListCost"], row["x_CredentialId"]) == (Decimal("12.34"), None, "bot")
    assert (row["x_Model"], row["x_TokenClass"], row["SubAccountId"]) == (
        "claude-3-5-sonnet-20241022", "cache_read", None,
    )  # fmt: skip
    assert not result.warnings


def test_an_older_usage_csv(tmp_path: Path) -> None:
    line = "2025-06-12,claude-3-5-haiku-20241022,claude_code_key_user_abcd,Claude Code,standard,8,0,0,0,1,0"
    result = loaded(sources()["anthropic_console_usage"], tmp_path, {"use": f"{USAGE_HEAD_2025}\n{line}\n"})
    assert [(row["x_TokenClass"], row["Quantity"]) for row in in_order(result)] == [
        ("output", 1),
        ("uncached_input", 8),
    ]
    assert not result.warnings


@pytest.mark.parametrize("name", ENTERPRISE)
def test_what_is_broken_out_by_overlapping_groups_is_refused(name: str, tmp_path: Path) -> None:
    def by_group(page: Page) -> None:
        for record in records(page):
            record["rbac_group_id"] = "rbac_group_01dev"

    with pytest.raises(ExportRefused, match=r"without group_by.*rbac_group_id") as refusal:
        changed(sources()[name], tmp_path, by_group)
    assert [(finding.rule, finding.row) for finding in refusal.value.findings] == [("no_overlapping_groups", 1)]


@pytest.mark.parametrize("name", ENTERPRISE)
def test_what_is_told_of_unfinished_buckets_is_kept_with_a_warning(name: str, tmp_path: Path) -> None:
    def stale(page: Page) -> None:
        page["data_refreshed_at"] = "2026-09-02T18:00:00Z"

    whole = changed(sources()[name], tmp_path / "whole", lambda page: None)
    partial = changed(sources()[name], tmp_path / "partial", stale)
    told = [[one.rule for one in result.warnings if one.severity == "warning"] for result in (whole, partial)]
    assert told == [[], ["whole_buckets"]]
    assert (partial.rows, partial.totals) == (whole.rows, whole.totals)


@pytest.mark.parametrize("name", ["anthropic_enterprise_cost", "anthropic_enterprise_usage"])
@pytest.mark.parametrize("groups", [99, 100])
def test_a_bucket_of_a_hundred_groups_was_cut_off(name: str, groups: int, tmp_path: Path) -> None:
    def wide(page: Page) -> None:
        results = page["data"][0]["results"]
        page["data"][0]["results"] = [{**results[0], "model": f"m-{n}"} for n in range(groups)]

    if groups < 100:
        assert changed(sources()[name], tmp_path, wide).records == 2 * groups
        return
    with pytest.raises(ExportRefused, match="fewer group_by") as refusal:
        changed(sources()[name], tmp_path, wide)
    assert [finding.row for finding in refusal.value.findings] == [1, 101]


@pytest.mark.parametrize("name", ["anthropic_claude_code", *(n for n in ENTERPRISE if "_user_" in n)])
def test_a_day_without_use_is_stated_by_the_name_of_its_page(name: str, tmp_path: Path) -> None:
    empty = json.dumps({"data": [], "has_more": False, "next_page": None}).encode()
    result = loaded(sources()[name], tmp_path, {"2026-09-06_to_2026-09-06_page-0001.json": empty})
    assert (result.rows, result.window_from.day, result.window_to.day) == (0, 6, 7)


SPEND = {
    "spend-report-1-2026-09-01-to-2026-09-15.csv": None,
    "spend-report-1-2026-09-16-to-2026-09-30.csv": "of_one_month",
    "spend-report-1-2026-09-01-to-2026-10-31.csv": "of_one_month",
    "september.csv": "name",
}


@pytest.mark.parametrize("name", SPEND)
def test_a_spend_report_is_of_one_month(name: str, tmp_path: Path) -> None:
    source = sources()["anthropic_spend_report"]
    content = sample(source)[0].read_bytes()
    if SPEND[name] is None:
        assert loaded(source, tmp_path, {name: content}).window_to.day == 16
        return
    with pytest.raises(ExportRefused) as refusal:
        loaded(source, tmp_path, {name: content})
    assert [finding.rule for finding in refusal.value.findings] == [SPEND[name]]


def test_prompt_tokens_that_are_not_their_classes_are_refused(tmp_path: Path) -> None:
    source = sources()["anthropic_spend_report"]
    (file,) = sample(source)
    with pytest.raises(ExportRefused, match="total_prompt_tokens is uncached input"):
        loaded(source, tmp_path, {file.name: file.read_bytes().replace(b'"4,100,000"', b'"4,100,001"')})


def cost_load(source: str, first: date, after: date) -> Load:
    as_of = datetime(2026, 10, 10)
    entry = DeliveryEntry(path=source, as_of=as_of, as_of_basis="name", fingerprint=source)
    return Load(
        load_id=source, source=source, account="acme", dataset="charges", sha256=source, bytes=1, definition="",
        deliveries=(entry,), window_from=first, window_to=after, window_by="charge", as_of=as_of, verdict="accepted",
        loaded_at=as_of,
    )  # fmt: skip


def test_the_enterprises_cost_counts_once_and_whole() -> None:
    """The spend report of September, the organisation's cost from the 20th on, the users' from August on."""
    september, october = date(2026, 9, 1), date(2026, 10, 1)
    loads = [
        cost_load("anthropic_enterprise_user_cost", date(2026, 8, 30), date(2026, 10, 5)),
        cost_load("anthropic_enterprise_cost", date(2026, 9, 20), date(2026, 10, 4)),
        cost_load("anthropic_spend_report", september, october),
    ]
    told = [(piece.source, piece.day_from, piece.day_to) for piece in coverage(loads, sources())]
    assert told == [
        ("anthropic_enterprise_cost", october, date(2026, 10, 4)),
        ("anthropic_enterprise_user_cost", date(2026, 8, 30), september),
        ("anthropic_enterprise_user_cost", date(2026, 10, 4), date(2026, 10, 5)),
        ("anthropic_spend_report", september, october),
    ]


def test_the_consoles_cost_and_use_count_once() -> None:
    known = sources()
    ranked = sorted((s.states.of, s.states.rank, name) for name, s in known.items() if s.states and "anthropic" in name)
    assert len(ENTERPRISE) == 4
    assert ranked == [
        ("anthropic_console_cost", 1, "anthropic_cost_report"),
        ("anthropic_console_cost", 2, "anthropic_console_cost"),
        ("anthropic_console_usage", 1, "anthropic_usage_messages"),
        ("anthropic_console_usage", 2, "anthropic_console_usage"),
        ("anthropic_enterprise_cost", 1, "anthropic_spend_report"),
        ("anthropic_enterprise_cost", 2, "anthropic_enterprise_cost"),
        ("anthropic_enterprise_cost", 3, "anthropic_enterprise_user_cost"),
        ("anthropic_enterprise_usage", 1, "anthropic_enterprise_user_usage"),
        ("anthropic_enterprise_usage", 2, "anthropic_enterprise_usage"),
    ]
