"""A bill that one cost centre receives and charges on (accounting.md 3.2, J7 and J8), on the golden month of EX-12."""

import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests import warehouse_fixture as fixture
from tests.golden_company import company, golden_month

HELD = [{"source": "bills", "account": "acme", "entity_id": "US01", "cost_center_id": "CC300"}]
INTERNAL = {"event": "chargeback", "treatment": "internal", "debit_account": "6191", "credit_account": "6190"}
BORNE = {"CC100": "3026.96", "CC200": "4597.98", "CC300": "325.46", "CC400": "195.27"}


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The golden month; CC300 (general and administrative) receives the bill, CC200 is of another entity."""
    books = company(capitalise=True)
    rules = [*books["company.posting_rules"], {**INTERNAL, "valid_from": "2020-01-01"}]
    entities = [*books["company.entities"], {"entity_id": "IE01", "functional_currency": "USD"}]
    centres = [
        {**row, "entity_id": "IE01" if row["cost_center_id"] == "CC200" else "US01"}
        for row in books["company.cost_centers"]
    ]
    books |= {"company.accounts": HELD, "company.posting_rules": rules, "company.entities": entities}
    path = tmp_path_factory.mktemp("held") / "warehouse.duckdb"
    fixture.write_warehouse(path, {**books, "company.cost_centers": centres, **golden_month("proj-A")})
    fixture.build(path)
    return path


def balances(path: Path, what: str, where: str) -> dict[tuple[str, ...], Decimal]:
    found = fixture.rows(
        path, f"select {what}, sum(debit - credit) from finance.fct_postings where {where} group by all order by all"
    )
    return {row[:-1]: row[-1] for row in found}


def test_the_centre_that_receives_the_bill_charges_on_what_others_used(held: Path) -> None:
    """J1 books CC300's own 325.46 and what it passes on; J7 and J8 take 7,820.21 of expense from it again."""
    assert balances(held, "account_id, event", "cost_center_id = 'CC300'") == {
        ("6120", "accrual"): Decimal("8145.67"),
        ("6190", "chargeback"): Decimal("-7820.21"),
    }
    assert balances(held, "cost_center_id", "account_id = '6191'") == {
        ("CC100",): Decimal(BORNE["CC100"]), ("CC400",): Decimal(BORNE["CC400"]),
    }  # fmt: skip


def test_across_entities_each_balances_alone(held: Path) -> None:
    """J8: what IE01 used is its expense and its debt, and US01's claim; the rest of the bill never leaves US01."""
    assert balances(held, "account_id", "entity_id = 'IE01'") == {
        ("2510",): Decimal("-4597.98"), ("6110",): Decimal("4597.98"),
    }  # fmt: skip
    assert balances(held, "account_id", "account_id in ('1510', '1610', '2110')") == {
        ("1510",): Decimal("4597.98"), ("1610",): Decimal("4200.00"), ("2110",): Decimal("-12345.67"),
    }  # fmt: skip
    assert set(balances(held, "entity_id, event", "true").values()) == {Decimal(0)}


def test_who_bears_what_is_the_same(held: Path) -> None:
    """Charging on moves no cost: each centre bears in the journal what the statement says, CC300 only its own."""
    bears = "function is not null and account_id <> '1610'"
    assert balances(held, "cost_center_id", bears) == {(centre,): Decimal(cost) for centre, cost in BORNE.items()}
    stated = fixture.rows(held, "select sum(amount_rounded) from finance.rpt_cost_statement")
    assert stated == [(Decimal("12345.67"),)]


def test_the_missing_rule_is_named(held: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(held, tmp_path / "warehouse.duckdb"))
    with duckdb.connect(str(path)) as con:
        con.execute("delete from company.posting_rules where treatment = 'internal'")
    result = fixture.run_dbt(path, "run", "--select", "stg_posting_rules", "int_lines_held")
    assert result.returncode == 1
    assert "add a rule for event chargeback, treatment internal" in result.stdout
