"""LiteLLM's exports: dollars, in CSV and in Parquet alike; prompts stay outside; its FOCUS export is no bill."""

import csv
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from expectations import LoadContext, judge_load
from ingestion import LoadResult, sources
from ingestion.golden import expected, sample
from tests.export_fixture import loaded, rows

LITELLM = sorted(name for name in sources() if name.startswith("litellm_"))


def gateway(source: str, file: Path, folder: Path) -> LoadResult:
    return loaded(source, folder, {file.name: file.read_bytes()}, "gateway")


def test_they_are_there_and_none_states_cost() -> None:
    assert len(LITELLM) == 6
    assert {sources()[name].dataset for name in LITELLM} == {"usage", "identities"}


def test_spend_is_in_dollars_and_stands_once_a_request(tmp_path: Path) -> None:
    (log,) = sample(sources()["litellm_spend_logs"])
    with log.open(newline="") as file:
        first = next(csv.DictReader(file))
    assert first["spend"] == "0.0123"
    priced = [row for row in rows(gateway("litellm_spend_logs", log, tmp_path)) if row["x_SourceRow"] == 1]
    assert [row["EstimatedCost"] for row in priced if row["EstimatedCost"] is not None] == [Decimal("0.0123")]
    assert {row["EstimatedCostCurrency"] for row in priced} == {"USD", None}


def test_classes_of_tokens_sum_to_what_the_request_used(tmp_path: Path) -> None:
    (log,) = sample(sources()["litellm_spend_logs"])
    first = [row for row in rows(gateway("litellm_spend_logs", log, tmp_path)) if row["x_SourceRow"] == 1]
    assert sum(row["Quantity"] for row in first) == 1500
    cached = [row for row in rows(gateway("litellm_spend_logs", log, tmp_path)) if row["x_SourceRow"] == 3]
    assert [(row["x_TokenClass"], row["Quantity"]) for row in cached] == [("output", 0)]


@pytest.mark.parametrize("name", LITELLM)
def test_parquet_gives_the_rows_that_csv_gives(name: str, tmp_path: Path) -> None:
    source = sources()[name]
    (text,) = sample(source)
    parquet = tmp_path / "export.parquet"
    with duckdb.connect() as con:
        con.execute(f"COPY (FROM read_csv('{text}')) TO '{parquet}'")
    assert expected(source, [parquet]) == (source.folder / "expected.csv").read_text()


def test_prompts_and_answers_stay_outside(tmp_path: Path) -> None:
    (log,) = sample(sources()["litellm_spend_logs"])
    assert "PLACEHOLDER" in log.read_text()
    result = gateway("litellm_spend_logs", log, tmp_path)
    assert rows(result)
    assert not any("PLACEHOLDER" in str(value) for row in rows(result) for value in row.values())
    (warning,) = (one for one in result.warnings if one.rule == "unknown_columns")
    assert "messages, proxy_server_request, response" in warning.message


def test_the_focus_export_of_litellm_is_refused_as_a_bill(tmp_path: Path) -> None:
    (export,) = sample(sources()["litellm_focus"])
    source, result = sources()["focus"], gateway("focus", export, tmp_path)
    window = (result.window_from.isoformat(), result.window_to.isoformat(), "billing")
    context = LoadContext(result.load_id, "focus", "gateway", "charges", result.records, result.totals, *window)
    verdict = judge_load([file.path for file in result.files], "charges", source, context)
    assert [one.rule for one in verdict.failures if one.blocks] == ["somebody_bills_it"]
