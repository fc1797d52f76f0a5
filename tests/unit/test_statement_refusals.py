"""What must not be shown as a statement is refused with the cure, and what is merely small is not refused."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipeline.statement import StatementError, write_statements

Change = Callable[[str], Path]


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        ("delete from finance.rpt_cost_statement; delete from finance.fct_journal_entries", "nothing to state"),
        ("update finance.rpt_cost_statement set amount_rounded = amount_rounded + 0.01 where model = 'gpt-5.1'", "sum"),
        ("update finance.fct_postings set credit = credit + 0.01 where account_id = '2110'", "does not balance"),
        ("update finance.rpt_reconciliation set difference = 0.000000000001", "does not reconcile"),
        ("update finance.rpt_unallocated set amount = amount * 2", "rpt_unallocated sums to"),
        ("delete from finance.rpt_allocation_basis where grade = 'A'", "rpt_allocation_basis sums to"),
        ("update finance.rpt_period_amounts set posted = posted + 0.01", "posted and draft sum"),
        ("update finance.rpt_period_amounts set adjusted = 0.01, pool = pool - 0.01", "adjustments sum to"),
        (
            "update finance.rpt_period_amounts set total = total - 1, attributed = attributed - 1, draft = draft - 1",
            "the month books",
        ),
        ("delete from finance.rpt_classification_bridge", "rpt_classification_bridge sums to"),
        ("delete from finance.fct_postings", "the journal has no entry"),
        ("drop table finance.rpt_trial_balance", "finance.rpt_trial_balance missing"),
    ],
)
def test_what_does_not_tie_is_refused(changed_statement: Change, tmp_path: Path, sql: str, complaint: str) -> None:
    """No page is written, and an older one stays, when a figure is empty, missing or a cent off."""
    (tmp_path / "2026-10.html").write_text("as it was")
    with pytest.raises(StatementError, match=complaint):
        write_statements(changed_statement(sql), tmp_path)
    assert (tmp_path / "2026-10.html").read_text() == "as it was"
    assert sorted(path.name for path in tmp_path.glob("*.html")) == ["2026-10.html"]


def test_an_unknown_period_or_file_is_refused(statement_warehouse: Path, tmp_path: Path) -> None:
    """The message says which months there are, or how to make the database."""
    with pytest.raises(StatementError, match=r"no statement for 2025-01; these books have 2026-08, 2026-09, 2026-10"):
        write_statements(statement_warehouse, tmp_path, ["2026-10", "2025-01"])
    with pytest.raises(StatementError, match="tokenbooks run"):
        write_statements(tmp_path / "nothing.duckdb", tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_month_of_less_than_a_cent_is_stated(changed_statement: Change, tmp_path: Path) -> None:
    """The first hours of a month cost nothing that can be posted: there is no journal entry, and still a page."""
    slice_of = "'2026-11' as period, 'US01' as entity_id, 'USD' as currency, 'focus' as source, 'acme-aws' as account"
    cost = "0.003 as amount, 'utility_opex' as mgmt_class, 'CC100' as cost_center_id, 'service' as bearer_type"
    tables = {
        "fct_charges": "0.003 as billed_cost, 0.003 as recognized_cost",
        "rpt_allocation_basis": "0.003 as amount, 'CC100' as cost_center_id, 'service' as bearer_type, 'A' as grade, "
        "'dedicated' as method",
        "rpt_cost_statement": f"{cost}, 0 as amount_rounded, 'rnd' as function",
        "rpt_classification_bridge": "0.003 as amount, 'utility_opex' as mgmt_class, 'expense' as us_gaap_treatment",
        "rpt_reconciliation": "1 as charge_rows, 0.003 as billed_cost, 0 as not_recognized, 0 as posted_rounded, "
        "0 as difference",
    }
    warehouse = changed_statement("select 1")
    with duckdb.connect(str(warehouse)) as con:
        for table, columns in tables.items():
            known = {row[0] for row in con.execute(f"describe finance.{table}").fetchall()}
            keys = ", ".join(part for part in slice_of.split(", ") if part.split(" as ")[1] in known)
            con.execute(f"insert into finance.{table} by name select {keys}, {columns}")
    write_statements(warehouse, tmp_path / "out", ["2026-11"])
    html = (tmp_path / "out" / "2026-11.html").read_text()
    assert "Statement, reconciliation and journal agree: USD 0.00, difference 0.00" in html
    assert "CC100" in html
    assert "None" not in html
