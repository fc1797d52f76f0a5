"""Every test of the dbt project turns red by a deliberate fault: here those that no other file breaks."""

import shutil
from pathlib import Path

import duckdb
import pytest

from tests import warehouse_fixture as fixture
from tests.golden_company import company, golden_month
from tests.rendered_macros import PROJECT

FAULTS = {
    "allocations_equal_charges": "update finance.fct_allocations set amount = amount + 0.01 where allocation_id "
    "= (select min(allocation_id) from finance.fct_allocations)",
    "entries_balance": "update finance.fct_postings set debit = debit + 0.01 where account_id = '6120'",
    "expected_keeps_usage": "update finance.rpt_expected_cost set quantity = quantity + 1",
    "intercompany_nets": "update intermediate.int_due_costs set amount = amount - 0.01 where account_id = '2510'",
    "ledger_says_what_is_due": "update intermediate.int_due_costs set amount = amount + 1 where account_id = '6120'",
    "liability_equals_charges": "update intermediate.int_due_costs set amount = amount + 1 where account_id = '2110'",
    "overrides_in_force": "update finance.rpt_overrides set state = 'expired'",
    "parts_sum_to_the_journal": "update finance.rpt_period_amounts set pool = pool + 0.01",
    "statement_equals_journal": "update finance.rpt_cost_statement set amount_rounded = amount_rounded + 0.01 "
    "where cost_center_id = 'CC300'",
    "usage_kept": "update intermediate.int_usage_owned set tokens = tokens + 1",
    "weights_kept": "update finance.fct_allocation_weights set owner_up_to = owner_up_to + 1",
}


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The golden month with a centre of another entity, one use and one override; its own tests passed."""
    golden = company(capitalise=True)
    centres = [
        {**row, "entity_id": "IE01" if row["cost_center_id"] == "CC200" else "US01"}
        for row in golden["company.cost_centers"]
    ]
    override = {
        "override_id": "O1",
        "charge_ref": "L1:2",
        "field": "activity",
        "value": "learning",
        "reason": "said so",
    }
    override |= {"requested_by": "E1", "approved_by": "E2", "expires_on": "2030-01-01"}
    more = {
        "company.entities": [*golden["company.entities"], {"entity_id": "IE01", "functional_currency": "USD"}],
        "company.cost_centers": centres,
        "company.manual_overrides": [override],
        "lake.usage": [fixture.use("2026-09-10", 5, 1, x_Model="m", x_TokenClass="output")],
        "lake.drivers": [{"cost_source": "bills", "usage_source": "meter"}],
    }
    path = tmp_path_factory.mktemp("faults") / "warehouse.duckdb"
    fixture.write_warehouse(path, {**golden, **golden_month("proj-A"), **more})
    fixture.build(path)
    return path


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_turns_its_test_red(books: Path, tmp_path: Path, name: str) -> None:
    path = Path(shutil.copy(books, tmp_path / "warehouse.duckdb"))
    with duckdb.connect(str(path)) as con:
        assert con.execute(FAULTS[name]).fetchall()[0][0] > 0, "the fault changes nothing"
    result = fixture.run_dbt(path, "test", "--select", name)
    assert f"in test {name}" in result.stdout, result.stdout[-2000:]


def test_no_test_of_the_project_is_without_a_fault() -> None:
    """Found by listing: each is named where some test of ours breaks what it guards."""
    written = "".join(path.read_text() for path in sorted(Path(__file__).parent.glob("test_dbt_*.py")))
    listed = sorted(path.stem for path in (PROJECT / "tests").glob("*.sql"))
    assert len(listed) > 20
    assert [name for name in listed if f'"{name}' not in written] == []
