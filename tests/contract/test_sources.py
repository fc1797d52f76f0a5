"""Every source, found by listing: its sample gives expected.csv, the same bytes each time; mutilated, nothing."""

import csv
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import ingestion
from expectations import LoadContext, judge_load
from expectations.gates import IDENTITY_KINDS
from ingestion import ExportRefused, Part, Source, archive_file, load_export, sources
from ingestion.focus import CONTROL_TOTAL, DATASETS
from ingestion.golden import expected, sample
from ingestion.registry import SourceError, read_source

ROOT = Path(ingestion.__file__).parents[1]
ALL = sorted(sources())
REQUIRED = [(name, column) for name in ALL for column, told in sources()[name].columns.items() if told.required]


@pytest.fixture(params=ALL)
def source(request: pytest.FixtureRequest) -> Source:
    return sources()[request.param]


def archived(files: Sequence[Path], folder: Path) -> list[Part]:
    return [archive_file(file, folder) for file in files]


def test_the_sources_are_there() -> None:
    five = {"anthropic_cost_report", "anthropic_usage_messages", "focus", "openai_costs", "openai_usage_completions"}
    assert five | {"invoice"} <= set(ALL)


def test_the_sample_gives_the_expected_rows(source: Source) -> None:
    golden = (source.folder / "expected.csv").read_text()
    assert len(golden.splitlines()) > 3
    assert expected(source, sample(source)) == golden, f"run: python -m ingestion.golden {source.id}"


def test_the_sample_gives_the_same_bytes_twice(source: Source, tmp_path: Path) -> None:
    parts = archived(sample(source), tmp_path / "archive")
    first, second = (load_export(parts, source, "acme", tmp_path / name) for name in ("one", "two"))
    assert first.files
    assert [file.path.read_bytes() for file in first.files] == [file.path.read_bytes() for file in second.files]
    assert all(pq.read_schema(file.path).equals(DATASETS[source.dataset]) for file in first.files)


def test_no_record_vanishes_and_totals_are_exact(source: Source, tmp_path: Path) -> None:
    loaded = load_export(archived(sample(source), tmp_path / "archive"), source, "acme", tmp_path / "staging")
    rows = [row for file in loaded.files for row in pq.read_table(file.path).to_pylist()]
    assert {row["x_SourceRow"] for row in rows} == set(range(1, loaded.records + 1))
    sums: dict[str, Decimal] = {}
    if source.dataset in CONTROL_TOTAL:
        amount, unit = CONTROL_TOTAL[source.dataset]
        for row in rows:
            sums[row[unit]] = sums.get(row[unit], Decimal(0)) + row[amount]
    assert {key: Decimal(total) for key, total in loaded.totals.items()} == sums


def test_the_sample_passes_its_gate(source: Source, tmp_path: Path) -> None:
    loaded = load_export(archived(sample(source), tmp_path / "archive"), source, "acme", tmp_path / "staging")
    window = (loaded.window_from.isoformat(), loaded.window_to.isoformat(), source.window_by)
    about = (loaded.load_id, source.id, "acme", source.dataset, loaded.records, loaded.totals)
    verdict = judge_load([file.path for file in loaded.files], source.dataset, source, LoadContext(*about, *window))
    assert len(verdict.results) > 5
    assert [f"{one.rule}: {one.observed}" for one in verdict.failures if one.blocks] == []


@pytest.mark.parametrize("name", [name for name in ALL if sources()[name].dataset == "identities"])
def test_what_a_list_leads_to_is_a_name_that_credentials_can_have(name: str) -> None:
    """Otherwise nobody follows a key to its owner (int_identities_reached)."""
    with (sources()[name].folder / "expected.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["Kind"] for row in rows} <= set(IDENTITY_KINDS)
    assert {row.get("OwnerKind") or None for row in rows} <= {*IDENTITY_KINDS, None}


@pytest.mark.parametrize(("name", "column"), REQUIRED)
def test_an_export_without_a_required_column_is_refused(name: str, column: str, tmp_path: Path) -> None:
    source = sources()[name]
    changed = [tmp_path / file.name for file in sample(source)]
    for file, target in zip(sample(source), changed, strict=True):
        target.write_bytes(without(file.read_bytes(), column, source))
    with pytest.raises(ExportRefused) as refusal:
        load_export(archived(changed, tmp_path / "archive"), source, "acme", tmp_path / "staging")
    assert column in str(refusal.value)


def without(content: bytes, column: str, source: Source) -> bytes:
    """An export whose column has gone, or has another name."""
    content = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
    if content.startswith(b"PAR1"):
        table = pq.read_table(io.BytesIO(content))
        out = io.BytesIO()
        if "." in column:
            records = table.to_pylist()
            for record in records:
                drop(record, column.split("."))
            table = pa.Table.from_pylist(records)
        pq.write_table(table.rename_columns(renamed(table.column_names, column, source)), out)
        return out.getvalue()
    if source.format in ("json_lines", "nested"):
        lines = [json.loads(line) for line in content.splitlines()]
        for line in lines:
            drop(line, column.split("."))
        return "\n".join(map(json.dumps, lines)).encode()
    if source.format == "json_pages":
        return json.dumps(without_in_page(json.loads(content), column, source)).encode()
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    rows[0] = renamed(rows[0], column, source)
    out_text = io.StringIO(newline="")
    csv.writer(out_text).writerows(rows)
    return out_text.getvalue().encode()


def renamed(headers: Sequence[str], column: str, source: Source) -> list[str]:
    """Headers of which none means the column any more, whichever of its names it had."""
    names = {name.lower() for name in (column, *source.columns[column].also)}
    return ["zzz" if header.strip().lower() in names else header for header in headers]


def without_in_page(page: dict[str, Any], column: str, source: Source) -> dict[str, Any]:
    """A bucket's own column of that name must not stand in for that of its records, such as `object`."""
    outer, _, inner = (source.records or "").replace("[]", "").partition(".")
    if column.startswith("page."):
        drop(page, column.removeprefix("page.").split("."))
    for bucket in page[outer]:
        drop(bucket, column.split("."))
        for record in bucket[inner] if inner else []:
            drop(record, column.split("."))
    return page


def drop(record: dict[str, Any], path: list[str]) -> None:
    if len(path) == 1:
        record.pop(path[0], None)
    elif isinstance(record.get(path[0]), dict):
        drop(record[path[0]], path[1:])


def test_a_hundred_cents_are_a_dollar() -> None:
    with (sources()["anthropic_cost_report"].folder / "expected.csv").open(newline="") as file:
        assert Decimal(next(csv.DictReader(file))["BilledCost"]) == Decimal("1.2378912")
    assert '"123.78912"' in (sources()["anthropic_cost_report"].folder / "sample" / "page-0001.json").read_text()


def test_unknown_keys_of_a_definition_are_errors(source: Source, tmp_path: Path) -> None:
    folder = shutil.copytree(source.folder, tmp_path / source.id)
    with (folder / "source.yml").open("a") as file:
        file.write("colour: red\n")
    with pytest.raises(SourceError, match="colour"):
        read_source(folder)


def test_a_select_that_loses_rows_is_no_refusal_of_the_export(tmp_path: Path) -> None:
    folder = shutil.copytree(sources()["focus"].folder, tmp_path / "focus")
    (folder / "charges.sql").write_text("SELECT _row, BilledCost, 1 AS Colour FROM export")
    source = read_source(folder)
    with pytest.raises(SourceError, match="Colour"):
        load_export(archived(sample(source), tmp_path / "archive"), source, "acme", tmp_path / "staging")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A temporary copy of the program, with a sixth source dropped into its sources."""
    home = tmp_path / "program"
    for package in ("ingestion", "expectations", "pipeline", "dbt_project"):
        ignore = shutil.ignore_patterns("__pycache__", "target", "logs")
        shutil.copytree(ROOT / package, home / package, ignore=ignore)
    folder = home / "ingestion" / "sources" / "reseller"
    folder.mkdir()
    (folder / "source.yml").write_text(SIXTH)
    (folder / "charges.sql").write_text(SIXTH_SQL)
    return home


SIXTH = """
title: A reseller's bill
provider: Reseller
how: They send it by mail.
format: csv
money_unit: cents
dataset: charges
window: billing_period
finality: final when sent
columns:
  month: {type: date, required: true, filled: true}
  euro_cents: {type: cents, required: true, filled: true}
"""
SIXTH_SQL = """
SELECT _row, euro_cents AS BilledCost, 'EUR' AS BillingCurrency, month AS BillingPeriodStart,
    month + INTERVAL 1 MONTH AS BillingPeriodEnd, month AS ChargePeriodStart,
    month + INTERVAL 1 MONTH AS ChargePeriodEnd, 'Usage' AS ChargeCategory, 'Resold tokens' AS ServiceName
FROM export
"""


def test_a_sixth_source_is_a_folder_and_nothing_else(elsewhere: Path, tmp_path: Path) -> None:
    books = tmp_path / "books"

    def tokenbooks(*arguments: str) -> str:
        command = [sys.executable, "-m", "pipeline", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(elsewhere)}
        done = subprocess.run(command, cwd=elsewhere, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    tokenbooks("init", str(books))
    landed = books / "landing" / "reseller" / "acme" / "2026-09-30.csv"
    landed.parent.mkdir(parents=True)
    landed.write_text("month,euro_cents\n2026-09-01,12345.67\n2026-09-01,1\n")
    os.utime(landed, (0, 0))
    assert "A reseller's bill" in tokenbooks("sources")
    (new,) = json.loads(tokenbooks("load", "--books", str(books), "--json"))["new"]
    assert (new["rows"], new["totals"]) == (2, {"EUR": "123.466700000000"})
    assert (books / "evidence" / "validation" / "load" / f"{new['load_id']}.json").exists()
