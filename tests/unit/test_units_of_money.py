"""Dollars where cents belong, and the reverse, are refused whichever of bill and usage came first."""

import json
from typing import Any

import pytest

DAY = {"starting_at": "2026-09-01T00:00:00Z", "ending_at": "2026-09-02T00:00:00Z"}
MODEL = "claude-sonnet-4-5-20250929"
TOKENS = 2_000_000  # output tokens at 15 USD a million: 30 USD, which is 3000 cents


def page(result: dict[str, Any]) -> dict[str, bytes]:
    """A delivery of one page with one bucket."""
    body = {"data": [{**DAY, "results": [result]}], "has_more": False, "next_page": None}
    return {"page-0001.json": json.dumps(body).encode()}


def cost(amount: str) -> dict[str, bytes]:
    return page(
        {
            "amount": amount,
            "currency": "USD",
            "workspace_id": None,
            "description": "Claude Sonnet 4.5 Usage - Output Tokens",
            "cost_type": "tokens",
            "model": MODEL,
            "token_type": "output_tokens",
            "service_tier": "standard",
            "context_window": "0-200k",
            "inference_geo": "not_available",
        }
    )


def usage() -> dict[str, bytes]:
    return page(
        {
            "uncached_input_tokens": 0,
            "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
            "cache_read_input_tokens": 0,
            "output_tokens": TOKENS,
            "server_tool_use": {"web_search_requests": 0},
            "account_id": None,
            "service_account_id": None,
            "api_key_id": "apikey_01",
            "workspace_id": None,
            "model": MODEL,
            "service_tier": "standard",
            "context_window": "0-200k",
            "inference_geo": "not_available",
        }
    )


DELIVERIES = {
    "right": ("anthropic_cost_report", "2026-09-03T0600Z", cost("3000.00")),
    "dollars": ("anthropic_cost_report", "2026-09-04T0600Z", cost("30.00")),
    "ten thousandths": ("anthropic_cost_report", "2026-09-05T0600Z", cost("300000.00")),
    "usage": ("anthropic_usage_messages", "2026-09-03T0600Z", usage()),
}


ORDERS = [tuple(DELIVERIES), tuple(reversed(DELIVERIES)), ("dollars", "usage", "ten thousandths", "right")]


@pytest.mark.parametrize("order", ORDERS, ids=["usage last", "usage first", "usage between"])
def test_a_wrong_unit_is_refused_in_any_order(desk: Any, order: tuple[str, ...]) -> None:
    from pipeline.manifest import coverage, read

    for name in order:
        source, delivered, pages = DELIVERIES[name]
        desk.deliver(source, delivered, pages)
        report = desk.load()
    loads = read(desk.books)
    assert {load.totals["USD"] for load in loads if load.verdict == "accepted" and "USD" in load.totals} == {
        "30.000000000000"
    }
    refused = [load for load in loads if load.verdict == "refused"]
    assert {finding["rule"] for load in refused for finding in load.findings} == {"unit_of_money_proven"}
    assert len(refused) == 2
    assert len(report.refused) == 2
    assert any("cents or dollars" in line for line in report.errors)
    for load in refused:
        kept = desk.books.quarantine / load.load_id
        assert (kept / "export" / "page-0001.json").exists()
        assert (kept / "verdict.json").exists()
        assert not any((desk.books.lake / file.path).exists() for file in load.files)
    counting = [piece.load_id for piece in coverage(loads) if piece.source == "anthropic_cost_report"]
    assert counting == [load.load_id for load in loads if load.totals.get("USD") == "30.000000000000"]


def test_what_was_refused_counts_again_when_the_usage_is_restated(desk: Any) -> None:
    """A hundred times the tokens make the bill right that was a hundred times too high."""
    from pipeline.manifest import read

    desk.deliver(*DELIVERIES["usage"])
    desk.deliver(*DELIVERIES["ten thousandths"])
    assert len(desk.load().refused) == 1
    restated = json.loads(usage()["page-0001.json"])
    restated["data"][0]["results"][0]["output_tokens"] = 100 * TOKENS
    desk.deliver("anthropic_usage_messages", "2026-09-09T0600Z", {"page-0001.json": json.dumps(restated).encode()})
    report = desk.load()
    (load,) = [load for load in read(desk.books) if load.source == "anthropic_cost_report"]
    assert load.verdict == "accepted"
    assert not report.refused
    assert not report.errors
    assert all((desk.books.lake / file.path).exists() for file in load.files)
    assert not (desk.books.quarantine / load.load_id).exists()


def test_a_kill_between_verdict_and_move_leaves_no_row_in_the_lake(desk: Any) -> None:
    """The verdict stands and the rows still lie in the lake, as after a kill: the next load moves them out."""
    from pipeline.manifest import read

    desk.deliver(*DELIVERIES["usage"])
    desk.deliver(*DELIVERIES["dollars"])
    desk.load()
    (load,) = [load for load in read(desk.books) if load.verdict == "refused"]
    (file,) = load.files
    aside, lake = desk.books.quarantine / load.load_id / "rows" / file.path, desk.books.lake / file.path
    assert aside.exists()
    aside.rename(lake)
    desk.load()
    assert aside.exists()
    assert not lake.exists()
