"""GitHub's Copilot bills: dollars, every order of columns, three measures, and lines that look alike."""

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from ingestion import ExportRefused, sources

AI_USAGE = "github_copilot_ai_usage"
BILLS = ["github_copilot_ai_usage", "github_copilot_premium_requests", "github_copilot_summarised_usage"]
OCTOBER_2025 = (
    "date,username,product,sku,model,quantity,unit_type,applied_cost_per_quantity,gross_amount,discount_amount,"
    "net_amount,exceeds_quota,total_monthly_quota,organization,cost_center_name"
)
YEAR_2026 = (
    "date,username,product,sku,model,quantity,unit_type,applied_cost_per_quantity,gross_amount,discount_amount,"
    "net_amount,total_monthly_quota,organization,repository,cost_center_name,aic_quantity,aic_gross_amount,"
    "input,output,cache_read,cache_write"
)
ORDERS = [OCTOBER_2025, OCTOBER_2025 + ",aic_quantity,aic_gross_amount", YEAR_2026]
LINE = {
    "date": "2026-09-01",
    "username": "ana_acme",
    "product": "copilot",
    "sku": "copilot_ai_credit",
    "model": "Auto: Claude Sonnet 4.5",
    "quantity": "3.6300000000000003",
    "unit_type": "ai-credits",
    "applied_cost_per_quantity": "0.01",
    "gross_amount": "0.036300000000000006",
    "discount_amount": "0.01",
    "net_amount": "0.026300000000000004",
    "organization": "acme",
    "input": "198",
    "output": "8209",
    "cache_read": "223257",
    "cache_write": "30122",
}


def report(*lines: dict[str, str], header: str = YEAR_2026) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, header.split(","), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


@pytest.mark.parametrize("header", ORDERS)
@pytest.mark.parametrize("source", BILLS[:2])
def test_columns_may_come_in_any_order_seen(source: str, header: str, load: Callable[..., Any]) -> None:
    (row,) = load(source, report(LINE, header=header))
    told = row["ListCost"], row["BilledCost"], row["EffectiveCost"], row["ConsumedQuantity"], row["x_PrincipalId"]
    assert told == (Decimal("0.0363"), Decimal("0.0263"), Decimal("0.0263"), Decimal("3.63"), "ana_acme")


def test_each_line_may_be_wrapped_in_quotes_once_more(load: Callable[..., Any]) -> None:
    plain = report(LINE, LINE | {"username": "", "model": "Opus, thinking"})
    wrapped = "".join('"' + line.replace('"', '""') + '"\n' for line in plain.splitlines())
    rows = load(AI_USAGE, wrapped)
    assert [(row["x_PrincipalId"], row["x_Model"]) for row in rows] == [
        ("ana_acme", "Auto: Claude Sonnet 4.5"),
        (None, "Opus, thinking"),
    ]
    assert rows[0]["BilledCost"] == Decimal("0.0263")


def test_lines_alike_in_everything_are_two_charges(load: Callable[..., Any]) -> None:
    rows = load(AI_USAGE, report(LINE, LINE))
    assert [row["x_SourceRow"] for row in rows] == [1, 2]
    assert sum(row["ListCost"] for row in rows) == Decimal("0.0726")


def test_float_noise_is_no_difference_between_gross_and_net(load: Callable[..., Any]) -> None:
    noise = {"gross_amount": "940.5000000000001", "discount_amount": "440.50000000000006", "net_amount": "500"}
    (row,) = load(AI_USAGE, report(LINE | {"quantity": "94050"} | noise))
    assert row["BilledCost"] == 500


@pytest.mark.parametrize("source", BILLS)
@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"net_amount": "0.0283"}, "net_amount is gross_amount less discount_amount"),
        ({"gross_amount": "3.63", "discount_amount": "1", "net_amount": "2.63"}, "so all three are in dollars"),
    ],
    ids=["net", "cents"],
)
def test_amounts_that_disagree_are_refused(
    source: str, wrong: dict[str, str], rule: str, load: Callable[..., Any]
) -> None:
    with pytest.raises(ExportRefused, match=f"row 2.*{rule}"):
        load(source, report(LINE, LINE | wrong))


def test_token_classes_are_disjoint_as_delivered(load: Callable[..., Any]) -> None:
    rows = load("github_copilot_tokens", report(LINE, LINE | {"input": "", "output": "0", "cache_read": ""}))
    counts = [(row["x_SourceRow"], row["x_TokenClass"], row["Quantity"]) for row in rows]
    first = {"uncached_input": 198, "cache_read": 223257, "cache_write": 30122, "output": 8209}
    assert counts == [
        *((1, name, tokens) for name, tokens in first.items()),
        (2, "cache_write", 30122),
        (2, "output", 0),
    ]


def test_seats_and_credits_of_one_report_are_told_apart_without_rest(load: Callable[..., Any]) -> None:
    seat = LINE | {"sku": "copilot_for_business", "unit_type": "user-months", "applied_cost_per_quantity": "19"}
    seat |= {"quantity": "0.5", "gross_amount": "9.5", "discount_amount": "0", "net_amount": "9.5"}
    other = LINE | {"product": "actions", "sku": "actions_linux", "unit_type": "minutes"}
    text = report(LINE, seat, other, seat)
    seats, credits = load("github_copilot_seats", text), load("github_copilot_summarised_usage", text)
    assert [(row["BilledCost"], row["ConsumedUnit"]) for row in seats] == [(Decimal("9.5"), "user-months")] * 2
    assert [row["SkuId"] for row in credits] == ["copilot_ai_credit"]
    assert sources()["github_copilot_seats"].states is None, "seats are in no other export, whatever day it states"


def answer(when: dict[str, int], **about: str) -> str:
    item = {"product": "Copilot", "sku": "Copilot AI Credits", "model": "GPT-5.6", "unitType": "ai-credits"}
    item |= {
        "pricePerUnit": "0.01",
        "grossQuantity": "100",
        "grossAmount": "1",
        "discountAmount": "0",
        "netAmount": "1",
    }
    return json.dumps({"timePeriod": when, **about, "usageItems": [item]})


def test_an_answer_about_a_month_in_one_is_refused(load: Callable[..., Any]) -> None:
    with pytest.raises(ExportRefused, match=r"page\.timePeriod\.day"):
        load("github_copilot_rest_usage", answer({"year": 2026, "month": 9}, organization="acme"))


def test_the_whole_and_its_users_are_not_added_up(load: Callable[..., Any]) -> None:
    day = {"year": 2026, "month": 9, "day": 30}
    by_user = [answer(day, user=user) for user in ("ana_acme", "ben_acme")]
    rows = load("github_copilot_rest_usage", *by_user)
    assert [(row["x_PrincipalId"], row["ChargePeriodStart"].day) for row in rows] == [
        ("ana_acme", 30),
        ("ben_acme", 30),
    ]
    with pytest.raises(ExportRefused, match="every answer is about one user or none is"):
        load("github_copilot_rest_usage", *by_user, answer(day, organization="acme"))


def test_parts_of_a_credit_count(load: Callable[..., Any]) -> None:
    line = {
        "day": "2026-09-01",
        "user_login": "ana_acme",
        "user_initiated_interaction_count": 1,
        "ai_credits_used": 0.25,
    }
    (row,) = load("github_copilot_user_metrics", json.dumps(line) + "\n")
    assert (row["Quantity"], row["Unit"]) == (250_000, "millionths of an AI credit")
