"""Google bills in floats with credits beside them: net to the twelfth place, and labels that multiply nothing."""

import csv
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion import LoadResult
from ingestion.casting import MACROS as CASTING
from ingestion.registry import MACROS, sources
from tests.export_fixture import loaded

SOURCES = ["google_billing_detailed", "google_focus"]
DETAILED = sources()["google_billing_detailed"]
ROW: dict[str, Any] = json.loads((DETAILED.folder / "sample" / "part-000000000000.json").read_text().splitlines()[0])


def rows(source: str) -> list[dict[str, str]]:
    with (sources()[source].folder / "expected.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def load(home: Path, *changes: dict[str, Any]) -> LoadResult:
    return loaded(DETAILED, home, {"rows.json": "".join(json.dumps(ROW | change) + "\n" for change in changes)})


def total(result: LoadResult) -> Decimal:
    return Decimal(result.totals["USD"])


def credit(amount: str) -> dict[str, str]:
    return {"name": "Promotion", "amount": amount, "full_name": "Promotion", "id": "p", "type": "PROMOTION"}


@pytest.mark.parametrize("cost", [1005.004832999999984, "1005.004832999999984"])
def test_the_drift_of_googles_own_example_is_gone(cost: float | str, tmp_path: Path) -> None:
    """In BigQuery a sum of floats shows 1005.004832999999984 for a bill of 1005.00: exact to twelve places it is
    1005.004833, as a number and as a text."""
    assert total(load(tmp_path, {"cost": cost})) == Decimal("1005.004833000000")


def test_a_sum_that_drifts_in_floats_is_exact(tmp_path: Path) -> None:
    costs, credits = [1000.1, 2.3, 0.7, 1.204833], ["0.6", "0.1"]
    assert sum(costs) + sum(map(float, credits)) != 1005.004833
    changes: list[dict[str, Any]] = [{"cost": cost} for cost in costs]
    changes[0]["credits"] = [credit(amount) for amount in credits]
    assert total(load(tmp_path, *changes)) == Decimal("1005.004833")


def test_net_is_cost_and_all_credits(tmp_path: Path) -> None:
    changes = {"cost": 25.0, "credits": [credit("-5"), credit("-0.1"), credit("-2e-07")]}
    assert total(load(tmp_path, changes)) == Decimal("19.8999998")


def test_labels_multiply_no_money(tmp_path: Path) -> None:
    """24 dollars with two labels and a tag are 24 dollars, where unnested labels would make 48 or 72 of them."""
    result = load(tmp_path, {"cost": 24.0})
    assert (total(result), result.rows) == (24, 1)
    assert len(ROW["labels"]) + len(ROW["tags"]) == 3
    for source in SOURCES:
        first = rows(source)[0]
        assert Decimal(first["BilledCost"]) == 24
        assert {"project": "atlas", "team": "platform"}.items() <= json.loads(first["Tags"]).items()


@pytest.mark.parametrize("source", SOURCES)
def test_the_invoice_month_is_the_billing_period(source: str) -> None:
    """Use of August and of the first of October is on the invoice of September."""
    found = rows(source)
    assert {row["BillingPeriodStart"][:10] for row in found} == {"2026-09-01"}
    assert {"2026-08-31", "2026-10-01"} <= {row["ChargePeriodStart"][:10] for row in found}


def test_an_export_states_its_invoice_months(tmp_path: Path) -> None:
    late = {"usage_start_time": "2026-08-31 23:00:00 UTC", "usage_end_time": "2026-09-01 00:00:00 UTC"}
    result = load(tmp_path, {}, late)
    assert (result.window_from, result.window_to) == (date(2026, 9, 1), date(2026, 10, 1))
    assert {file.period for file in result.files} == {"2026-08", "2026-09"}


SKUS = {
    "Gemini 3 Flash Text Input - Predictions": ("gemini-3-flash", "uncached_input", None, None, "Text"),
    "Gemini 2.5 Flash GA Thinking Text Output - Predictions": ("gemini-2.5-flash", "output", None, None, "Text"),
    "Gemini 2.5 Flash GA Text Output (Thinking On) - Predictions": ("gemini-2.5-flash", "output", None, None, "Text"),
    "Gemini 3.5 Flash Lite Global Text Output - Predictions": ("gemini-3.5-flash-lite", "output", None, None, "Text"),
    "Gemini 2.5 Pro Input Text Caching (Long)": ("gemini-2.5-pro", "cache_read", None, "long", "Text"),
    "Gemini 3 Flash Text Input Caching Storage": ("gemini-3-flash", None, None, None, "Text"),
    "Gemini 3 Flash Image Input Caching Priority": ("gemini-3-flash", "cache_read", "priority", None, "Image"),
    "Gemini 3 Flash Text Input Caching Flex": ("gemini-3-flash", "cache_read", "flex", None, "Text"),
    "Gemini 2.0 Flash Text Input - Batch Predictions": ("gemini-2.0-flash", "uncached_input", "batch", None, "Text"),
    "Gemini 2.5 Flash Live Audio (AV2A) Output - Predictions": ("gemini-2.5-flash-live", "output", None, None, "Audio"),
    "Gemini 2.5 Flash Image Text Input - Predictions": ("gemini-2.5-flash-image", "uncached_input", None, None, "Text"),
    "Generate content output token count gemini 2.5 flash short input text": (
        "gemini-2.5-flash", "output", None, "short", "Text"),
    "Generate content output token count gemini 2.5 flash lite short output text non-thinking": (
        "gemini-2.5-flash-lite", "output", None, "short", "Text"),
    "Generate content cached input token count gemini 3.8 flash tts text": (
        "gemini-3.8-flash-tts", "cache_read", None, None, "Text"),
    "Generate content input token count gemini 3.8 flash lite tts text batch": (
        "gemini-3.8-flash-lite-tts", "uncached_input", "batch", None, "Text"),
    "Generate content search query gemini 3 free": (None, None, None, None, None),
    "Claude Opus 4.5 - Cache Write 1h Tokens": ("claude-opus-4-5", "cache_write_1h", None, None, None),
    "Cloud Vertex AI Model Garden Model as a Service GLM-5.2 Input": ("glm-5.2", "uncached_input", None, None, None),
    "Image Storage Memory Input": (None, None, None, None, None),
    "N1 Predefined Instance Core running in Americas": (None, None, None, None, None),
}  # fmt: skip


@pytest.mark.parametrize("sku", SKUS)
def test_the_words_of_a_sku_are_read(sku: str) -> None:
    with duckdb.connect() as con:
        con.execute(CASTING + (MACROS / "google_sku.sql").read_text())
        read = con.execute(
            "SELECT sku_model($1, w), sku_token_class($1, w), sku_tier($1, w), sku_context($1, w),"
            " sku_details($1, w) ->> 'x_Modality' FROM (SELECT sku_words($1) AS w)",
            [sku],
        ).fetchone()
    assert read == SKUS[sku]
