"""OpenAI speaks dollars, to any number of places; and a file of a month without use is a month without use."""

import csv
import json
import os
from collections.abc import Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from ingestion import ExportRefused, Source, archive_file, load_export, sources
from ingestion.golden import sample
from ingestion.landing import stated_in
from pipeline import manifest

OPENAI = {name: source for name, source in sources().items() if source.provider == "OpenAI"}
CONSOLE = sorted(name for name in OPENAI if name.startswith("openai_console_"))
FIRST = 1788220800  # 2026-09-01
PICO = Decimal("1e-12")


def amounts_of_pages(source: Source) -> Iterator[str]:
    for file in sample(source):
        for bucket in json.loads(file.read_text(), parse_float=str, parse_int=str)["data"]:
            yield from (result["amount"]["value"] for result in bucket["results"])


def amounts_of_csv(source: Source) -> Iterator[str]:
    for file in sample(source):
        with file.open(newline="") as lines:
            yield from (row["amount_value"] for row in csv.DictReader(lines) if row["amount_value"])


@pytest.mark.parametrize(
    ("name", "amounts"), [("openai_costs", amounts_of_pages), ("openai_console_cost", amounts_of_csv)]
)
def test_dollars_are_dollars(name: str, amounts: Any) -> None:
    """Every amount as it is written, be it 3.25, the text 0E-6176 or one of 39 places, rounded once at the twelfth."""
    source = OPENAI[name]
    with (source.folder / "expected.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    written = [Decimal(text).quantize(PICO, ROUND_HALF_UP) for text in amounts(source)]
    assert len(written) > 5
    assert [Decimal(row["BilledCost"]) for row in rows] == written
    assert all(row["BilledCost"] == row["EffectiveCost"] and row["BillingCurrency"] == "USD" for row in rows)
    assert source.money_unit == "dollars"


def month_without_use(times: str = "start_time,end_time,start_time_iso,end_time_iso") -> str:
    days = (f"{FIRST + 86400 * day},{FIRST + 86400 * (day + 1)},," for day in range(30))
    return "\n".join([times, *days, ""])


@pytest.mark.parametrize("name", CONSOLE)
def test_a_console_file_without_use_states_its_days(name: str, tmp_path: Path) -> None:
    assert len(CONSOLE) == 5
    file = tmp_path / "export.csv"
    file.write_text(month_without_use())
    loaded = load_export([archive_file(file, tmp_path / "archive")], OPENAI[name], "acme", tmp_path / "staging")
    assert (loaded.files, loaded.records, loaded.warnings) == ((), 0, ())
    assert (loaded.window_from, loaded.window_to) == (date(2026, 9, 1), date(2026, 10, 1))


def test_a_month_exported_again_counts_though_its_name_is_the_same(desk: Any) -> None:
    """The days in a file's name are no time of export; the later of two such files does, also when it is empty."""
    name = "cost_2026-09-01_2026-09-30.csv"
    full = desk.deliver("openai_console_cost", f"{name}.gz", desk.sample("openai_console_cost")["sample.csv"])
    empty = desk.deliver("openai_console_cost", name, month_without_use())
    os.utime(full, (FIRST + 86400 * 31, FIRST + 86400 * 31))
    os.utime(empty, (FIRST + 86400 * 33, FIRST + 86400 * 33))
    assert [one.state for one in desk.load().deliveries] == ["loaded", "loaded"]
    loads = {Path(load.deliveries[0].path).name: load for load in manifest.read(desk.books)}
    assert {load.deliveries[0].as_of_basis for load in loads.values()} == {"mtime"}
    (piece,) = manifest.coverage(loads.values(), OPENAI)
    assert (piece.load_id, piece.day_from, piece.day_to) == (loads[name].load_id, date(2026, 9, 1), date(2026, 10, 1))
    assert stated_in(f"2026-10-04T0800Z_{name}") == datetime(2026, 10, 4, 8)


@pytest.mark.parametrize("name", CONSOLE)
def test_the_console_counts_where_the_api_is_silent(name: str) -> None:
    mine = OPENAI[name].states
    others = [one for one in OPENAI.values() if one.states and mine and one.states.of == mine.of and one.id != name]
    assert mine
    assert [(one.states.rank, one.dataset) for one in others if one.states] == [(1, OPENAI[name].dataset)]
    assert mine.rank == 2


def test_a_person_is_named_by_the_console_alone() -> None:
    with (OPENAI["openai_console_cost"].folder / "expected.csv").open(newline="") as file:
        people = [row["x_PrincipalId"] for row in csv.DictReader(file)]
    assert people == ["Ana@acme.example", "ben@acme.example", "Ana@acme.example", "", "", ""]


LINES = {
    "gpt-4o-2024-08-06, Input": ("gpt-4o-2024-08-06", "uncached_input", "", ""),
    "gpt-realtime-2.1, audio input": ("gpt-realtime-2.1", "uncached_input", "", ""),
    "gpt-4o-mini-2024-07-18, cached input": ("gpt-4o-mini-2024-07-18", "cache_read", "", ""),
    "priority | gpt-5.6-sol, Cache writes, long context": ("gpt-5.6-sol", "cache_write", "priority", "long context"),
    "evals | o3, output": ("o3", "output", "", ""),
    "whisper-1": ("whisper-1", "", "", ""),
    "web search tool calls | gpt-4o": ("gpt-4o", "", "", ""),
    "assistants api | file search": ("", "", "", ""),
    "Image models": ("", "", "", ""),
    "Credit": ("", "", "", ""),
}


def test_a_line_item_tells_model_class_tier_and_context() -> None:
    with (OPENAI["openai_costs"].folder / "expected.csv").open(newline="") as file:
        rows = {row["ChargeDescription"]: row for row in csv.DictReader(file)}
    told = ("x_Model", "x_TokenClass", "x_ServiceTier", "x_ContextWindow")
    assert {line: tuple(rows[line][column] for column in told) for line in LINES} == LINES


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"input_uncached_tokens": 501}, "input_is_its_classes"),
        ({"input_uncached_tokens": None, "input_cached_tokens": 901}, "input_is_its_classes"),
        ({"output_audio_tokens": 51}, "output_is_its_kinds"),
        ({"input_text_tokens": 401}, None),
        ({"input_uncached_tokens": None, "output_audio_tokens": None, "input_cache_write_tokens": None}, None),
    ],
)
def test_tokens_that_do_not_add_up_are_refused(change: dict[str, Any], rule: str | None, tmp_path: Path) -> None:
    """Where the fields are there; a sum of kinds, which are not loaded, only warns."""
    source = OPENAI["openai_usage_completions"]
    page = json.loads(sample(source)[0].read_text())
    page["has_more"], page["next_page"] = False, None
    page["data"][0]["results"][0] |= change
    (tmp_path / "page.json").write_text(json.dumps(page))
    parts = [archive_file(tmp_path / "page.json", tmp_path / "archive")]
    if rule:
        with pytest.raises(ExportRefused) as refusal:
            load_export(parts, source, "acme", tmp_path / "staging")
        assert {finding.rule for finding in refusal.value.findings} == {rule}
    else:
        loaded = load_export(parts, source, "acme", tmp_path / "staging")
        assert [one.rule for one in loaded.warnings] == (
            ["input_is_its_kinds"] if "input_text_tokens" in change else []
        )
