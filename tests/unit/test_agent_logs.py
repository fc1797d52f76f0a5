"""Logs of agents: a record counts once, whatever copies, repeats and deliveries hold it; prompts stay outside."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from ingestion import ExportRefused, archive_file, load_export, sources
from ingestion.golden import sample
from ingestion.loading import LoadResult
from pipeline.manifest import DeliveryEntry, Load, coverage
from pipeline.status import feeds
from pipeline.warehouse import _lake_view
from tests import warehouse_fixture as fixture
from tests.export_fixture import loaded, rows
from tests.golden_company import company

CLAUDE = sources()["claude_code_logs"]
CODEX = sources()["codex_logs"]


def line(mid: str | None, at: str, output: int, request: str | None = "r", **more: Any) -> dict[str, Any]:
    message = {"id": mid, "model": "m", "usage": {"input_tokens": 1, "output_tokens": output}}
    return {"type": "assistant", "timestamp": at, "requestId": request, "message": message, **more}


def sessions(source: str, folder: Path, **files: Iterable[dict[str, Any]]) -> LoadResult:
    texts = {f"{name}.jsonl": "".join(json.dumps(one) + "\n" for one in lines) for name, lines in files.items()}
    return loaded(source, folder, texts)


def outputs(result: LoadResult) -> list[Decimal]:
    return sorted(row["Quantity"] for row in rows(result) if row["x_TokenClass"] == "output")


def test_of_a_message_the_last_line_counts_wherever_it_stands(tmp_path: Path) -> None:
    ended, begun = "2026-09-01T08:00:09Z", "2026-09-01T08:00:01Z"
    result = sessions(
        "claude_code_logs", tmp_path, a=[line("A", ended, 500), line("B", begun, 7)], b=[line("A", begun, 1)]
    )
    assert (result.records, outputs(result)) == (2, [7, 500])


def test_another_request_with_the_same_id_is_another_record(tmp_path: Path) -> None:
    at = "2026-09-01T08:00:09Z"
    assert outputs(sessions("claude_code_logs", tmp_path, a=[line("A", at, 5, "r1"), line("A", at, 6, "r2")])) == [5, 6]


def test_lines_without_an_id_count_each_and_are_known_again(tmp_path: Path) -> None:
    at = "2026-09-01T08:00:09Z"
    first = sessions("claude_code_logs", tmp_path, a=[line(None, at, 5, None), line(None, at, 5, None)])
    ids = {row["x_RecordId"] for row in rows(first)}
    assert (outputs(first), len(ids)) == ([5, 5], 2)
    again = sessions("claude_code_logs", tmp_path, a=[line("A", at, 9), *[line(None, at, 5, None)] * 3])
    assert outputs(again) == [5, 5, 5, 9]
    assert ids < {row["x_RecordId"] for row in rows(again)}


def test_the_person_stands_in_the_name_of_each_file(tmp_path: Path) -> None:
    at = "2026-09-01T08:00:09Z"
    files = {"ana@example.com--s1": [line("A", at, 1)], "ben--s1": [line("B", at, 2)], "s2": [line("C", at, 3)]}
    people = {row["Quantity"]: row["x_PrincipalId"] for row in rows(sessions("claude_code_logs", tmp_path, **files))
              if row["x_TokenClass"] == "output"}  # fmt: skip
    assert people == {1: "ana@example.com", 2: "ben", 3: None}


def test_codex_counts_what_each_request_added(tmp_path: Path) -> None:
    """The last state that a session tells is the sum of what its requests added."""
    result = load_export([archive_file(file, tmp_path / "a") for file in sample(CODEX)[:1]], CODEX, "x", tmp_path / "s")
    assert sum(row["Quantity"] for row in rows(result)) == 21450


def test_a_fork_adds_only_what_is_new_and_leaves_the_days_of_its_parent(tmp_path: Path) -> None:
    parts = [archive_file(file, tmp_path / "a") for file in reversed(sample(CODEX)[:2])]
    found = rows(load_export(parts, CODEX, "x", tmp_path / "s"))
    days = {day: sum(row["Quantity"] for row in found if row["UsageDate"] == day) for day in
            {row["UsageDate"] for row in found}}  # fmt: skip
    assert days == {date(2026, 9, 1): 21450, date(2026, 9, 2): 14020}


@pytest.mark.parametrize("source", [CLAUDE, CODEX], ids=lambda one: one.id)
def test_prompts_and_answers_stay_outside(source: Any, tmp_path: Path) -> None:
    assert any("PLACEHOLDER" in file.read_text() for file in sample(source))
    parts = [archive_file(file, tmp_path / "a") for file in sample(source)]
    result = load_export(parts, source, "acme", tmp_path / "s")
    assert result.rows
    assert not any(b"PLACEHOLDER" in file.path.read_bytes() for file in result.files)
    assert not any("PLACEHOLDER" in str(value) for row in rows(result) for value in row.values())


def test_a_broken_line_far_down_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ana--s.jsonl"
    good = json.dumps(line("A", "2026-09-01T08:00:09Z", 5))
    file.write_text("\n".join([good] * 11_000) + '\n{"type": "assistant", "mess\n')
    with pytest.raises(ExportRefused, match="no JSON object"):
        load_export([archive_file(file, tmp_path / "a")], CLAUDE, "acme", tmp_path / "s")


def load(name: str, first: int, after: int) -> Load:
    as_of = datetime(2026, 11, 1, first)
    entry = DeliveryEntry(path=name, as_of=as_of, as_of_basis="name", fingerprint=name)
    window = {"window_from": date(2026, 10, first), "window_to": date(2026, 10, after), "window_by": "charge"}
    about = {"account": "acme", "dataset": "usage", "sha256": name * 64, "bytes": 1, "definition": ""}
    return Load(load_id=name, source="claude_code_logs", deliveries=(entry,), as_of=as_of, verdict="accepted",
                loaded_at=as_of, **window, **about)  # fmt: skip


def test_no_delivery_of_a_log_replaces_another() -> None:
    pieces = coverage([load("a", 1, 9), load("b", 3, 5)], sources())
    assert [(piece.load_id, piece.day_from.day, piece.day_to.day) for piece in pieces] == [("a", 1, 9), ("b", 3, 5)]


def test_an_export_whose_days_another_states_is_still_shown() -> None:
    """LiteLLM's daily table beside its log: all superseded, and its days are those it was delivered for."""
    log, daily = load("a", 1, 9), load("b", 2, 5)
    loads = [log.model_copy(update={"source": "litellm_spend_logs"}), daily.model_copy(
        update={"source": "litellm_daily_user_spend"})]  # fmt: skip
    shown = {feed.source: feed for feed in feeds(loads, coverage(loads, sources()))}
    assert (shown["litellm_daily_user_spend"].superseded, shown["litellm_daily_user_spend"].day_from.day) == (1, 2)
    assert (shown["litellm_spend_logs"].superseded, shown["litellm_spend_logs"].missing) == (0, [])


def test_a_lake_from_before_a_column_was_thought_of_still_reads(tmp_path: Path) -> None:
    result = load_export([archive_file(file, tmp_path / "a") for file in sample(CODEX)], CODEX, "x", tmp_path / "s")
    table = pq.read_table(result.files[0].path)
    old = tmp_path / "source=codex_logs" / "period=2026-09" / "old.parquet"
    old.parent.mkdir(parents=True)
    pq.write_table(table.drop_columns(["x_RecordId"]), old)
    with duckdb.connect() as con:
        con.execute("create schema lake")
        con.execute(_lake_view("usage", [str(old)]))
        found = con.execute("select count(*), count(x_RecordId), min(period), sum(Quantity) from lake.usage").fetchone()
    assert found == (table.num_rows, 0, "2026-09", Decimal(sum(table["Quantity"].to_pylist())))


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three deliveries of one account's logs and one of another's; September and October built apart."""
    told = [
        ("U1", "acme", "09-30", "A", 1, 10), ("U1", "acme", "09-30", "B", 2, 1), ("U2", "acme", "09-30", "B", 1, 20),
        ("U3", "acme", "10-01", "B", 1, 30), ("U3", "acme", "10-01", "C", 2, 40), ("U4", "other", "10-01", "C", 1, 50),
        ("U3", "acme", "10-02", None, 3, 60), ("U3", "acme", "10-02", None, 4, 60),
    ]  # fmt: skip
    usage = [
        fixture.use(f"2026-{day}", tokens, row, x_LoadId=load, x_Account=account, x_RecordId=record, x_TokenClass=kind)
        for load, account, day, record, row, tokens in told
        for kind in ("output", "cache_read")
    ]
    loads = [(f"U{n}", "other" if n == 4 else "acme") for n in (1, 2, 3, 4)]
    books = company() | {
        "lake.usage": usage,
        "lake.loads": [
            {"load_id": one, "source": "meter", "account": account, "as_of": f"2026-10-0{one[1]} 00:00:00"}
            for one, account in loads
        ],
        "lake.coverage": [
            {"load_id": one, "source": "meter", "account": account, "dataset": "usage", "window_by": "charge",
             "day_from": "2026-09-01", "day_to": "2026-11-01"} for one, account in loads
        ],
    }  # fmt: skip
    folder = tmp_path_factory.mktemp("logs")
    for period, start, end in [("2026-09", "2026-09-01", "2026-10-01"), ("2026-10", "2026-10-01", "2026-11-01")]:
        (folder / period).mkdir()
        month = {"lake.build_periods": [{"period": period, "start_date": start, "end_date": end}]}
        warehouse = fixture.write_warehouse(folder / period / "warehouse.duckdb", books | month)
        done = fixture.run_dbt(warehouse, "run", "--select", "stg_usage", "stg_usage_records")
        assert done.returncode == 0, done.stdout[-3000:]
    return folder


@pytest.mark.parametrize(
    ("period", "expected"),
    [("2026-09", [("U1:1", 10), ("U2:1", 20)]), ("2026-10", [("U3:2", 40), ("U3:3", 60), ("U3:4", 60), ("U4:1", 50)])],
)
def test_a_record_counts_once_in_an_account_on_its_first_day(
    staged: Path, period: str, expected: list[tuple[str, int]]
) -> None:
    ask = "select usage_id, quantity from staging.stg_usage where token_class = '{}' order by 1"
    for kind in ("output", "cache_read"):
        assert fixture.rows(staged / period / "warehouse.duckdb", ask.format(kind)) == expected
