"""OpenRouter's bills: dollars, each generation once, and the other provider's bill left to the other provider."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from ingestion import ExportRefused, sources

DAY = {"date": "2026-09-02", "model": "openai/gpt-5.6", "model_permaslug": "openai/gpt-5.6-2026-07-01", "requests": 7}
DAY |= {"provider_name": "OpenAI", "usage": 0.0125, "byok_usage_inference": 0.2375}
DAY |= {"prompt_tokens": 90000, "completion_tokens": 4000, "reasoning_tokens": 1200}
GENERATION = {"id": "gen-1", "created_at": "2026-09-02T23:30:00-02:00", "model": "openai/gpt-5.6-2026-07-01"}
GENERATION |= {"provider_name": "OpenAI", "usage": 0.0125, "total_cost": 0.25, "upstream_inference_cost": 0.2375}
GENERATION |= {"is_byok": True, "external_user": "ana@acme.example", "workspace_id": "ws"}
GENERATION |= {"native_tokens_prompt": 90000, "native_tokens_completion": 4000, "native_tokens_reasoning": 1200}
HEADER = (
    "generation_id,created_at,cost_total,cost_web_search,byok_usage_inference,tokens_prompt,tokens_completion,"
    "tokens_reasoning,model_permaslug,provider_name,user,api_key_name\n"
)
LINE = "gen-1,2026-09-02 23:59:59.999,0.0125,0.01,0.2375,90000,4000,1200,openai/gpt-5.6-2026-07-01,OpenAI,,labs\n"


def activity(*days: dict[str, Any]) -> str:
    return json.dumps({"data": list(days)})


def generations(*answers: dict[str, Any]) -> str:
    return "".join(json.dumps({"data": answer}) + "\n" for answer in answers)


EXPORTS = {
    "openrouter_activity": activity(DAY),
    "openrouter_activity_csv": HEADER + LINE,
    "openrouter_generations": generations(GENERATION),
}


@pytest.mark.parametrize("source", EXPORTS)
def test_with_an_own_key_only_the_fee_is_billed_here(source: str, load: Callable[..., Any]) -> None:
    (row,) = load(source, EXPORTS[source])
    assert {row[cost] for cost in ("BilledCost", "EffectiveCost", "ListCost")} == {Decimal("0.0125")}
    assert row["BillingCurrency"] == "USD"


@pytest.mark.parametrize("source", EXPORTS)
def test_tokens_of_reasoning_are_not_counted_again(source: str, load: Callable[..., Any]) -> None:
    (row,) = load(source, EXPORTS[source])
    assert (row["ConsumedQuantity"], row["x_Model"]) == (94000, "openai/gpt-5.6-2026-07-01")
    beyond = EXPORTS[source].replace("1200", "4001")
    assert beyond != EXPORTS[source]
    with pytest.raises(ExportRefused, match=r"row 1.*are among"):
        load(source, beyond)


@pytest.mark.parametrize(
    ("amount", "dollars"), [("0.0151234567890123", "0.015123456789"), ("4.2e-05", "0.000042"), ("1234.5", "1234.5")]
)
@pytest.mark.parametrize("source", EXPORTS)
def test_floats_of_dollars_are_rounded_once(source: str, amount: str, dollars: str, load: Callable[..., Any]) -> None:
    (row,) = load(source, EXPORTS[source].replace("0.0125", amount))
    assert row["BilledCost"] == Decimal(dollars)


def test_a_generation_counts_once(load: Callable[..., Any]) -> None:
    other = GENERATION | {"id": "gen-2"}
    rows = load("openrouter_generations", generations(GENERATION, other))
    assert [(row["ResourceId"], row["x_PrincipalId"]) for row in rows] == [
        ("gen-1", "ana@acme.example"),
        ("gen-2", "ana@acme.example"),
    ]
    with pytest.raises(ExportRefused, match=r"row 3.*there once"):
        load("openrouter_generations", generations(GENERATION, other, GENERATION))
    with pytest.raises(ExportRefused, match=r"row 2.*there once"):
        load("openrouter_activity_csv", HEADER + LINE + LINE)


def test_an_answer_that_is_an_error_is_refused(load: Callable[..., Any]) -> None:
    text = generations(GENERATION) + '{"error": {"code": 404, "message": "not found"}}\n'
    with pytest.raises(ExportRefused, match=r"row 2, column data\.id"):
        load("openrouter_generations", text)


def test_days_are_those_of_utc(load: Callable[..., Any]) -> None:
    days = {source: load(source, text)[0]["ChargePeriodStart"].day for source, text in EXPORTS.items()}
    assert days == {"openrouter_activity": 2, "openrouter_activity_csv": 2, "openrouter_generations": 3}


def test_what_may_not_be_whole_counts_only_alone() -> None:
    ranks = {source: states.rank for source in EXPORTS if (states := sources()[source].states)}
    assert sorted(ranks, key=lambda source: ranks[source]) == [
        "openrouter_activity_csv",
        "openrouter_activity",
        "openrouter_generations",
    ]


def test_a_key_is_known_by_hash_and_by_name(load: Callable[..., Any]) -> None:
    key = {
        "hash": "f01d",
        "name": "labs",
        "creator_user_id": "user_ana",
        "usage": 1,
        "expires_at": "2027-01-01T00:00:00Z",
    }
    rows = load("openrouter_keys", json.dumps({"data": [key]}))
    assert [(row["Kind"], row["Key"], row["OwnerId"], str(row["ValidTo"])) for row in rows] == [
        ("key_hash", "f01d", "user_ana", "2027-01-02"),
        ("api_key_name", "labs", "user_ana", "2027-01-02"),
    ]
