"""The gates' expectations are GX's own: the same judgement, made without building twice or fetching what is broken."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import great_expectations as gx
import great_expectations.expectations as gxe
import pytest

from expectations import LoadContext, judge_load
from expectations.engine import engine
from expectations.lasting import lasting

ROWS = "select i, i % 3 as three, nullif(i, 7) as gap from range(1000) as r(i)"
CASES: list[tuple[str, dict[str, Any]]] = [
    ("ExpectTableRowCountToBeBetween", {"min_value": 1}),
    ("ExpectTableRowCountToBeBetween", {"min_value": 1001}),
    ("ExpectColumnValuesToNotBeNull", {"column": "i"}),
    ("ExpectColumnValuesToNotBeNull", {"column": "gap"}),
    ("ExpectColumnValuesToBeInSet", {"column": "three", "value_set": [0, 1]}),
    ("ExpectColumnValuesToBeBetween", {"column": "i", "min_value": 0, "max_value": 990, "strict_max": True}),
    ("ExpectColumnPairValuesAToBeGreaterThanB", {"column_A": "i", "column_B": "three"}),
    ("UnexpectedRowsExpectation", {"unexpected_rows_query": "select * from {batch} where i > 900"}),
    ("UnexpectedRowsExpectation", {"unexpected_rows_query": "select * from {batch} where i < 0"}),
]
COUNTS = ("observed_value", "element_count", "unexpected_count", "unexpected_percent", "missing_count")


def judged(kinds: list[Any]) -> list[tuple[Any, ...]]:
    """What GX says of each case when its expectation is made by the kinds given: success, severity and counts."""
    cases = enumerate(zip(kinds, CASES, strict=True))
    made = [kind(**arguments, meta={"number": number}) for number, (kind, (_, arguments)) in cases]
    with engine() as gate, gate.view(ROWS) as view:
        ran = gate.run(view, gx.ExpectationSuite(name="cases", expectations=made)).results
    ran.sort(key=lambda one: one.expectation_config.meta["number"])
    assert not any(one.exception_info["raised_exception"] for one in ran)
    return [(one.success, *(one.result.get(count) for count in COUNTS)) for one in ran]


def test_the_judgement_is_that_of_great_expectations() -> None:
    theirs = judged([getattr(gxe, name) for name, _ in CASES])
    assert judged([lasting(name) for name, _ in CASES]) == theirs
    assert [success for success, *_ in theirs] == [True, False, True, False, False, False, False, False, True]


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_the_configuration_is_kept_until_something_changes(name: str, arguments: dict[str, Any]) -> None:
    ours, theirs = lasting(name)(**arguments, meta={"number": 1}), getattr(gxe, name)(**arguments, meta={"number": 1})
    kept = ours.configuration
    assert ours.configuration is kept
    assert (kept.kwargs, kept.meta, kept.severity) == (
        theirs.configuration.kwargs,
        theirs.configuration.meta,
        theirs.configuration.severity,
    )
    assert kept.to_domain_obj() == ours
    ours.meta = {"number": 2}
    assert ours.configuration.meta == {"number": 2}


def test_no_offending_rows_are_fetched() -> None:
    for name, arguments in CASES:
        asked = lasting(name)(**arguments).get_validation_dependencies(runtime_configuration={"result_format": "BASIC"})
        assert asked.get_metric_names(), name
        assert not [m for m in asked.get_metric_names() if m.endswith((".table", ".unexpected_values"))], name


def test_each_batch_is_judged_by_its_own_rows_and_columns() -> None:
    rule = lasting("ExpectColumnValuesToNotBeNull")
    seen = []
    with engine() as gate:
        for relation in ("select 1 as a", "select 1 as b", "select null::int as a from range(3)"):
            with gate.view(relation) as view:
                suite = gx.ExpectationSuite(name="a", expectations=[rule(column="a", meta={"number": 0})])
                (ran,) = gate.run(view, suite).results
                seen.append((ran.success, ran.result.get("unexpected_count")))
    assert seen == [(True, 0), (False, None), (False, 3)]


def test_the_advice_of_great_expectations_is_not_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.parquet"
    duckdb.sql(f"copy (select 1 as x_SourceRow) to '{file}' (format parquet)")
    looks_beyond = SimpleNamespace(gate=[{"rule": "beyond", "plain": "Beyond.", "sql": "select 1 where false"}])
    context = LoadContext("feed", "src", "acme", "identities", 1, {}, None, None)
    verdict = judge_load([file], "identities", looks_beyond, context)
    assert [result.success for result in verdict.results if result.rule == "beyond"] == [True]
    assert "{batch}" not in "".join(capfd.readouterr())
