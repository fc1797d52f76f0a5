"""Cursor's bills: float cents, texts for costs, use within the plan, and pages that must all be there."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from ingestion import ExportRefused, sources
from ingestion.pages import more_follow

EVENT = {
    "timestamp": "1788253261123",
    "userEmail": "ana@acme.example",
    "model": "claude-4.5-sonnet",
    "kind": "Usage-based",
    "isChargeable": True,
    "chargedCents": 20.18232,
}
COLUMNS = "Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost"


def page(*events: dict[str, Any], total: int | None = None, more: bool = False) -> str:
    around = {"totalUsageEventsCount": total or len(events), "pagination": {"hasNextPage": more}}
    return json.dumps({**around, "usageEvents": events})


@pytest.mark.parametrize(
    ("cents", "dollars"),
    [(20.18232, "0.2018232"), (40.16699999999999, "0.401670000000"), (8, "0.08"), (1.5e-05, "0.00000015")],
)
def test_a_hundred_cents_are_a_dollar(cents: float, dollars: str, load: Callable[..., Any]) -> None:
    text = page(EVENT | {"chargedCents": cents})
    assert str(cents) in text
    (row,) = load("cursor_usage_events", text)
    assert (row["BilledCost"], row["ListCost"]) == (Decimal(dollars), Decimal(dollars))


@pytest.mark.parametrize(
    "event",
    [
        {"kind": "Included in Business"},
        {"kind": "USAGE_EVENT_KIND_INCLUDED_IN_BUSINESS"},
        {"kind": "Errored, No Charge", "isChargeable": False},
    ],
)
def test_what_is_not_charged_has_its_worth_and_costs_nothing(event: dict[str, Any], load: Callable[..., Any]) -> None:
    (row,) = load("cursor_usage_events", page(EVENT | event))
    assert (row["BilledCost"], row["EffectiveCost"], row["ListCost"]) == (0, 0, Decimal("0.2018232"))


def test_events_alike_in_everything_are_two_charges_of_their_tokens(load: Callable[..., Any]) -> None:
    tokens = {"inputTokens": 126, "outputTokens": 450, "cacheWriteTokens": 6112, "cacheReadTokens": 11964}
    event = EVENT | {"tokenUsage": tokens | {"totalCents": 20.18232}}
    rows = load("cursor_usage_events", page(event, event, EVENT))
    assert [row["x_SourceRow"] for row in rows] == [1, 2, 3]
    assert [row["ConsumedQuantity"] for row in rows] == [18652, 18652, None]


def test_a_fee_may_come_on_top_and_nothing_else(load: Callable[..., Any]) -> None:
    fee = {"tokenUsage": {"totalCents": 165.682395}, "cursorTokenFee": 39.0061, "chargedCents": 204.688495}
    (row,) = load("cursor_usage_events", page(EVENT | fee))
    assert row["BilledCost"] == Decimal("2.04688495")
    with pytest.raises(ExportRefused, match=r"row 1.*chargedCents is totalCents and cursorTokenFee"):
        load("cursor_usage_events", page(EVENT | fee | {"chargedCents": 2.04688495}))


def test_a_charge_must_be_told(load: Callable[..., Any]) -> None:
    with pytest.raises(ExportRefused, match=r"row 2.*says how much"):
        load("cursor_usage_events", page(EVENT, EVENT | {"chargedCents": None}))


def test_pages_say_whether_all_are_there(load: Callable[..., Any]) -> None:
    source = sources()["cursor_usage_events"]
    assert [more_follow(json.loads(page(EVENT, more=more)), source) for more in (True, False)] == [True, False]
    assert len(load("cursor_usage_events", page(EVENT, total=2, more=True), page(EVENT, total=2))) == 2
    with pytest.raises(ExportRefused, match="totalUsageEventsCount"):
        load("cursor_usage_events", page(EVENT, total=3, more=True), page(EVENT, total=3))


@pytest.mark.parametrize(
    ("kind", "cost", "billed", "listed"),
    [
        ("On-Demand", "$0.10", "0.10", "0.10"),
        ("On-Demand", "0.05", "0.05", "0.05"),
        ("On-Demand", '"$1,234.50"', "1234.5", "1234.5"),
        ("On-Demand", "-", "0", None),
        ("Free", "Free", "0", None),
        ("Included", "Included", "0", None),
        ("Included", "0.16", "0", "0.16"),
        ('"Errored, No Charge"', "", "0", None),
    ],
)
def test_costs_are_texts(kind: str, cost: str, billed: str, listed: str | None, load: Callable[..., Any]) -> None:
    text = f"Date,Kind,Model,Max Mode,{COLUMNS}\n2026-09-01T23:59:59.999Z,{kind},auto,No,0,10,20,30,60,{cost}\n"
    (row,) = load("cursor_dashboard_csv", text)
    assert (row["BilledCost"], row["ListCost"]) == (Decimal(billed), listed and Decimal(listed))
    assert (row["SkuMeter"], row["x_PrincipalId"]) == (kind.strip('"'), None)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("0,10,20,30,60,1.5.3", "Cost is an amount"),
        ("0,10,20,30,60,€3", "Cost is an amount"),
        ("0,10,20,30,60,", "has a Cost"),
        ("5,10,20,30,60,0.1", "Total Tokens is input"),
    ],
)
def test_lines_that_cannot_be_understood_are_refused(line: str, why: str, load: Callable[..., Any]) -> None:
    good = "2026-09-01T00:00:00Z,auto,0,0,0,0,0,\n"
    with pytest.raises(ExportRefused, match=f"row 2.*{why}"):
        load("cursor_dashboard_csv", f"Date,Model,{COLUMNS}\n{good}2026-09-01T00:00:00Z,auto,{line}\n")


@pytest.mark.parametrize("line", ["72323,119350,465152,30513,687338", "1200,1000,200,300,1700"])
def test_input_with_cache_write_may_hold_the_rest_or_not(line: str, load: Callable[..., Any]) -> None:
    (row,) = load("cursor_dashboard_csv", f"Date,Model,{COLUMNS}\n2026-09-01T00:00:00Z,auto,{line},0.1\n")
    assert row["ConsumedQuantity"] == int(line.split(",")[-1])


def test_spend_of_the_cycle_is_beside_the_events_and_no_charge(load: Callable[..., Any]) -> None:
    member = {"email": "ana@acme.example", "spendCents": 20.18232, "fastPremiumRequests": 3}
    around = {"subscriptionCycleStart": 1788220800000, "totalMembers": 2, "totalPages": 2}
    pages = [json.dumps({"teamMemberSpend": [member | {"email": f"{who}@acme.example"}], **around}) for who in "ab"]
    rows = load("cursor_team_spend", *pages)
    assert [row["EstimatedCost"] for row in rows] == [Decimal("0.2018232")] * 2
    assert sources()["cursor_team_spend"].dataset == "usage"
    with pytest.raises(ExportRefused, match="as many pages as totalPages"):
        load("cursor_team_spend", pages[0])
