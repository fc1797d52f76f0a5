"""How a gate is run: nothing passes unseen, what cannot be judged blocks, what has nothing to judge is said."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from expectations import LoadContext, Verdict, judge_load, offending_rows
from ingestion import Finding, focus

CONTEXT = LoadContext("feed", "src", "acme", "charges", 1000, {"USD": "4995.00"}, "2026-09-01", "2026-10-01")
PLAIN = SimpleNamespace(gate=())


def charges(file: Path, changed: str = "") -> Path:
    """A thousand good charges, columns replaced by `changed` (SQL of a REPLACE list)."""
    empty = ", ".join(
        f'cast(null as {focus.duckdb_type(column.type)}) as "{column.name}"' for column in focus.DATASETS["charges"]
    )
    good = """10 as "BilledCost", 'USD' as "BillingCurrency", 'Usage' as "ChargeCategory",
        timestamp '2026-09-03' as "ChargePeriodStart", timestamp '2026-09-04' as "ChargePeriodEnd",
        timestamp '2026-09-01' as "BillingPeriodStart", timestamp '2026-10-01' as "BillingPeriodEnd",
        'src' as "x_Source", 'acme' as "x_Account", 'feed' as "x_LoadId" """.replace("10 as", "i * 0.01 as")
    with duckdb.connect() as con:
        con.execute(f"create table t as select {empty} limit 0")
        con.execute(f'insert into t by name select {good}, i + 1 as "x_SourceRow" from range(1000) as r(i)')
        con.execute(f"copy (select * replace ({changed or 'x_Model as x_Model'}) from t) to '{file}' (format parquet)")
    return file


def test_a_good_load_is_accepted_and_says_over_how_many_rows(tmp_path: Path) -> None:
    verdict = judge_load([charges(tmp_path / "a.parquet")], "charges", PLAIN, CONTEXT)
    assert verdict.status == "accepted"
    assert verdict.periods == ("2026-09",)
    assert (verdict.results[0].rule, verdict.results[0].observed) == ("has_rows", "1,000 rows")
    assert len(verdict.results) > 20


def test_several_files_are_one_load(tmp_path: Path) -> None:
    odd = charges(tmp_path / "a.parquet")
    for name, half in (("period=1.parquet", "<= 500"), ("period=2.parquet", "> 500")):
        duckdb.sql(f"copy (from '{odd}' where x_SourceRow {half}) to '{tmp_path / name}' (format parquet)")
    files = sorted(tmp_path.glob("period=*.parquet"))
    assert judge_load(files, "charges", PLAIN, CONTEXT).status == "accepted"
    assert not judge_load(files[:1], "charges", PLAIN, CONTEXT).passed


def test_what_compares_nothing_is_listed_as_skipped(tmp_path: Path) -> None:
    verdict = judge_load([charges(tmp_path / "a.parquet")], "charges", PLAIN, CONTEXT)
    assert {skipped.rule for skipped in verdict.skipped} == {"unit_of_money_possible", "signs_agree"}
    assert all(skipped.reason for skipped in verdict.skipped)
    unknown = LoadContext("feed", "src", "acme", "charges", 1000, {"USD": "4995"})
    skipped = judge_load([charges(tmp_path / "a.parquet")], "charges", PLAIN, unknown).skipped
    assert "ChargePeriodStart_in_window" in {rule.rule for rule in skipped}


def test_a_rule_that_cannot_be_judged_blocks_even_if_it_only_warns(tmp_path: Path) -> None:
    rule = {"rule": "odd", "plain": "Odd.", "severity": "warning", "sql": 'select * from {batch} where "Nowhere" = 1'}
    file = charges(tmp_path / "a.parquet")
    verdict = judge_load([file], "charges", SimpleNamespace(gate=[rule]), CONTEXT)
    (failure,) = verdict.failures
    assert not verdict.passed
    assert failure.severity == "critical"
    assert failure.observed.startswith("could not be judged: ")
    assert "Nowhere" in failure.observed


def test_a_missing_column_blocks(tmp_path: Path) -> None:
    whole = charges(tmp_path / "a.parquet")
    less = tmp_path / "less.parquet"
    duckdb.sql(f"""copy (select * exclude ("ChargePeriodEnd") from '{whole}') to '{less}' (format parquet)""")
    verdict = judge_load([less], "charges", PLAIN, CONTEXT)
    broken = {failure.rule for failure in verdict.failures}
    assert not verdict.passed
    assert {"ChargePeriodEnd_stated", "ChargePeriodEnd_after_ChargePeriodStart"} <= broken


def test_nothing_at_all_is_refused() -> None:
    verdict = judge_load([], "charges", PLAIN, CONTEXT)
    assert not verdict.passed
    assert offending_rows(verdict, []) == {}


def test_two_rules_of_one_name_are_both_judged(tmp_path: Path) -> None:
    rules = [
        {"rule": "twin", "plain": "Twin.", "sql": f"select * from {{batch}} where \"x_Account\" {sign} 'acme'"}
        for sign in ("<>", "=")
    ]
    verdict = judge_load([charges(tmp_path / "a.parquet")], "charges", SimpleNamespace(gate=rules), CONTEXT)
    assert [result.success for result in verdict.results if result.rule == "twin"] == [True, False]


def test_the_report_shows_values_only_where_they_are_nobodys(tmp_path: Path) -> None:
    changed = '\'nomoney\' as "BillingCurrency", null as "x_SourceRow"'
    verdict = judge_load([charges(tmp_path / "a.parquet", changed)], "charges", PLAIN, CONTEXT)
    told = {result.rule: result.observed for result in verdict.failures}
    assert told["BillingCurrency_known"] == "1 break it: nomoney"
    assert told["x_SourceRow_stated"] == "1,000 break it"


def test_offending_rows_are_limited(tmp_path: Path) -> None:
    file = charges(tmp_path / "a.parquet", "'nobody' as \"x_Account\"")
    twice = [file, charges(tmp_path / "b.parquet", "'nobody' as \"x_Account\"")]
    verdict = judge_load(twice, "charges", PLAIN, CONTEXT)
    rows = offending_rows(verdict, twice)
    assert rows["one_origin"].num_rows == 1000
    assert rows["one_origin"].column_names == focus.DATASETS["charges"].names


@pytest.mark.parametrize(
    ("cost", "quantity", "price", "passes"),
    [
        ("1.00", "1000", "0.001", True),
        ("29.00", "1000", "0.001", True),
        ("100.00", "1000", "0.001", False),
        ("0.01", "1000", "0.001", False),
        ("0.01", "1", "0.000001", True),  # a cent of rounding proves nothing
        ("0", "1000", "0.001", True),  # free
        ("1.00", "9000000000000000", "9000", False),  # beyond what decimals hold: impossible, not an error
    ],
)
def test_the_unit_of_money_of_a_line(tmp_path: Path, cost: str, quantity: str, price: str, passes: bool) -> None:
    kind = "decimal(28,12)"
    changed = (
        f'{cost}::{kind} as "BilledCost", {quantity}::{kind} as "PricingQuantity", {price}::{kind} as "ListUnitPrice"'
    )
    verdict = judge_load([charges(tmp_path / "a.parquet", changed)], "charges", PLAIN, CONTEXT)
    (result,) = [result for result in verdict.results if result.rule == "unit_of_money_possible"]
    assert result.success == passes, result.observed


def test_a_verdict_survives_json(tmp_path: Path) -> None:
    verdict = judge_load([charges(tmp_path / "a.parquet", "'nobody' as \"x_Account\"")], "charges", PLAIN, CONTEXT)
    assert verdict.skipped
    assert verdict.failures
    assert Verdict.from_json(verdict.to_json()) == verdict


def test_findings_become_a_verdict_of_the_same_shape() -> None:
    found = Finding("truncated", "the JSON ends early", "fetch it again", "page-0002.json", 7, "amount")
    verdict = Verdict.from_findings([found], subject="feed", source="src", account="acme", dataset="charges")
    assert not verdict.passed
    assert verdict.failures[0].where == "page-0002.json, row 7, column amount"
    assert verdict.failures[0].cure == "fetch it again"
    assert Verdict.from_json(verdict.to_json()) == verdict
    only_warned = [Finding("new_column", "a column is new", "nothing", severity="warning")]
    assert Verdict.from_findings(only_warned, subject="feed").status == "warning"
    assert not Verdict.from_findings([], subject="feed").passed


def test_the_gate_is_quiet_leaves_no_file_and_its_face_is_light(tmp_path: Path) -> None:
    file = charges(tmp_path / "a.parquet")
    code = f"""
import sys, expectations
from pathlib import Path
from types import SimpleNamespace
heavy = {{"great_expectations", "sqlalchemy", "pandas", "genai_prices"}} & set(sys.modules)
assert not heavy, heavy
context = expectations.LoadContext("feed", "src", "acme", "charges", 1000, {{"USD": "4995"}})
verdict = expectations.judge_load([Path({str(file)!r})], "charges", SimpleNamespace(gate=()), context)
assert verdict.passed, verdict.failures
"""
    home = tmp_path / "home"
    home.mkdir()
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=home,
        env={**os.environ, "HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert list(home.rglob("*")) == []
