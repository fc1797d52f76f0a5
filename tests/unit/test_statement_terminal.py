"""The statement in the terminal: the figures of the page, for people and for machines."""

import io
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console

from pipeline.statement import StatementError, print_statement


def shown(warehouse: Path, period: str = "2026-10", **options: Any) -> str:
    """What a person sees in a terminal of 120 columns."""
    out = io.StringIO()
    print_statement(warehouse, period, console=Console(file=out, width=120), **options)
    return out.getvalue()


def posted(warehouse: Path, where: str) -> Decimal:
    """Posted cost in October."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        sql = f"select sum(amount_rounded) from finance.rpt_cost_statement where period = '2026-10' and {where}"
        return Decimal(con.execute(sql).fetchall()[0][0])


def test_the_statement_has_centres_classes_pool_and_the_way_from_the_bill(statement_warehouse: Path) -> None:
    """Totals are those posted; the pool above 5 % says so; human-capital capex is called a management view."""
    text = shown(statement_warehouse)
    cost, pool = (
        posted(statement_warehouse, f"entity_id = 'US01' {and_}") for and_ in ("", "and bearer_type = 'pool'")
    )
    assert f"{cost:,.2f}" in text
    assert f"Unallocated pool: USD {pool:,.2f}, 8.3\xa0% of cost, above the limit of 5 %" in text
    assert text.count("management view, not GAAP or IFRS") == 3
    assert re.search(r"Prepaid or unused, not yet cost +\(25,000\.00\)", text)
    assert "JC100 Tokyo laboratory" in text


def test_machines_get_amounts_as_text_that_sum(statement_warehouse: Path) -> None:
    """Each part is one entity in one currency, and its centres sum to its total."""
    found = json.loads(shown(statement_warehouse, as_json=True))
    assert [(part["entity_id"], part["currency"]) for part in found["statements"]] == [
        ("US01", "USD"),
        ("IE01", "USD"),
        ("JP01", "JPY"),
    ]
    for part in found["statements"]:
        assert isinstance(part["total"], str)
        assert sum(Decimal(row["amount"]) for row in part["cost_centers"]) == Decimal(part["total"])
        assert sum(Decimal(x) for row in part["cost_centers"] for x in row["classes"].values()) == Decimal(
            part["total"]
        )
        assert Decimal(part["total"]) == posted(statement_warehouse, f"entity_id = '{part['entity_id']}'")


def test_a_cost_centre_by_model_work_and_bearer(statement_warehouse: Path) -> None:
    """Three views of one centre, each summing to what was posted to it; people only as a kind."""
    [part] = json.loads(shown(statement_warehouse, cost_center="CC100", as_json=True))["statements"]
    cost = posted(statement_warehouse, "cost_center_id = 'CC100'")
    assert Decimal(part["amount"]) == cost > 0
    for view in ("models", "work", "bearers"):
        assert len(part[view]) > 1
        assert sum(Decimal(row["amount"]) for row in part[view]) == cost
    assert {row["bearer_type"] for row in part["bearers"]} == {"employee", "service"}
    text = shown(statement_warehouse, cost_center="CC100")
    assert text.count(f"{cost:,.2f}") == 3
    assert "claude-opus-4-6" in text
    assert "P-1, shared_ci" in text


def test_the_pool_is_a_cost_centre_to_look_into(statement_warehouse: Path) -> None:
    """What nobody bears can be seen by model and project like any centre."""
    [part] = json.loads(shown(statement_warehouse, cost_center="(unallocated)", as_json=True))["statements"]
    assert Decimal(part["amount"]) == sum(Decimal(row["amount"]) for row in part["work"]) > 0


def test_a_model_with_brackets_is_shown_as_it_is(statement_warehouse: Path, tmp_path: Path) -> None:
    """Names are not taken for the terminal's own mark-up."""
    copy = tmp_path / "warehouse.duckdb"
    copy.write_bytes(statement_warehouse.read_bytes())
    with duckdb.connect(str(copy)) as con:
        con.execute("update finance.rpt_cost_statement set model = 'opus[bold]' where model = 'claude-opus-4-6'")
    assert "opus[bold]" in shown(copy, cost_center="CC100")


@pytest.mark.parametrize(
    ("period", "center", "complaint"),
    [
        ("2025-01", None, "no statement for 2025-01; these books have 2026-08, 2026-09, 2026-10"),
        ("2026-10", "CC999", "no cost of cost centre CC999 in 2026-10; it has .*CC100.*CC500"),
    ],
)
def test_what_is_not_there_is_named_with_what_is(
    statement_warehouse: Path, period: str, center: str | None, complaint: str
) -> None:
    """An unknown month or centre is an error that lists the known ones."""
    with pytest.raises(StatementError, match=complaint):
        shown(statement_warehouse, period, cost_center=center)


def test_the_published_directory_can_be_read(statement_warehouse: Path, tmp_path: Path) -> None:
    """A database called finance, as it is published, gives the same figures, though its schema has its name."""
    (tmp_path / "finance.duckdb").write_bytes(statement_warehouse.read_bytes())
    assert shown(tmp_path, as_json=True) == shown(statement_warehouse, as_json=True)


def test_expected_cost_is_told_beside_the_bill(statement_warehouse: Path) -> None:
    """For people with words, for machines with codes, exact amounts as text, and null where nothing is compared."""
    text = shown(statement_warehouse)
    assert "for reconciliation only; nothing in the books comes from it" in text
    assert re.search(r"\(950\.50\) +Outside", text)
    us, *_ = json.loads(shown(statement_warehouse, as_json=True))["statements"]
    told = [(row["difference"], row["status"], row["unpriced_models"]) for row in us["expected"]]
    assert told[:3] == [
        ("1.250000000000", "within", []),
        ("-950.500000000000", "outside", []),
        (None, "unpriced_usage", ["nova-lite", "nova-pro"]),
    ]
