"""Prepaid credit, invoices, tax and payments in the journal, to the cent of the worked examples."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.company.starting import DEFAULTS
from tests import warehouse_fixture as fixture
from tests.golden_company import company, golden_month
from tests.unit.test_dbt_invoices import line

Row = dict[str, Any]
ALL = ("--exclude-resource-type", "unit_test")


def defaults(name: str) -> list[Row]:
    """The rows of a file that every company starts with; an empty cell is null."""
    with (DEFAULTS / f"{name}.csv").open(newline="") as file:
        return [{key: cell or None for key, cell in row.items()} for row in csv.DictReader(file)]


def built(path: Path, months: list[str], charges: list[Row], *options: str, **tables: list[Row]) -> Path:
    """The golden company with the default accounts and rules after a build of the months."""
    spans = [fixture.month(month, []) for month in months]
    first, last = spans[0]["lake.coverage"], spans[-1]["lake.coverage"]
    pieces = [{**piece, "day_to": other["day_to"]} for piece, other in zip(first, last, strict=True)]
    books = {
        **company(),
        **golden_month(),
        "lake.charges": charges,
        "lake.coverage": pieces,
        "lake.build_periods": [row for span in spans for row in span["lake.build_periods"]],
        "company.chart_of_accounts": defaults("chart_of_accounts"),
        "company.posting_rules": defaults("posting_rules"),
    }
    fixture.write_warehouse(path, books | {name.replace("__", "."): rows for name, rows in tables.items()})
    fixture.build(path, *ALL, *options)
    return path


def lot(number: int, face: str, cost: str, **more: Any) -> Row:
    """A purchased lot of the account `acme`, bought on the first of August 2026; `more` overrides any column."""
    base = {"lot_id": f"LOT{number}", "source": "bills", "account": "acme", "kind": "purchased", "currency": "USD"}
    return {**base, "purchased_on": "2026-08-01", "face_amount": face, "cost_amount": cost, **more}


def use(day: str, cost: str, row: int, **more: Any) -> Row:
    """A charge of a person of CC100."""
    return fixture.charge(day, cost, row, x_CredentialId="key-of-P01", **more)


def journal(path: Path, what: str = "true", columns: str = "period, account_id") -> list[tuple[Any, ...]]:
    """Debit less credit by the columns, of the postings that `what` says."""
    return fixture.rows(
        path,
        f"select {columns}, sum(debit - credit) as amount from finance.fct_postings where {what} "
        f"group by {columns} having sum(debit - credit) <> 0 order by {columns}",
    )


DRAWS = [("2026-08-10", "12345.67"), ("2026-09-10", "30000.01"), ("2026-10-10", "8765.43")]


@pytest.fixture(scope="module")
def prepaid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """EX-24: 90,000.00 for 100,000.00 face, drawn in three months, expired in the fourth."""
    charges = [use(day, amount, row) for row, (day, amount) in enumerate(DRAWS, start=1)]
    lots = [lot(1, "100000", "90000", expires_on="2026-11-01")]
    months = ["2026-08", "2026-09", "2026-10", "2026-11"]
    path = tmp_path_factory.mktemp("prepaid") / "w.duckdb"
    return built(path, months, charges, company__prepaid_lots=lots)


def test_draws_expiry_and_purchase_sum_to_what_was_paid(prepaid: Path) -> None:
    """EX-24, INV-18: cost 11,111.10, 27,000.01, 7,888.89; breakage 44,000.00; 90,000.00 in all."""
    found = journal(prepaid, "account_id = '1310'", "period, event")
    amounts = [("2026-08", "drawdown", "-11111.10"), ("2026-08", "prepaid_purchase", "90000"),
               ("2026-09", "drawdown", "-27000.01"), ("2026-10", "drawdown", "-7888.89"),
               ("2026-11", "breakage", "-44000")]  # fmt: skip
    assert found == [(period, event, Decimal(amount)) for period, event, amount in amounts]
    assert journal(prepaid, "account_id = '6390'", "period") == [("2026-11", Decimal(44000))]
    assert sum(amount for *_, amount in found) == 0


def test_use_costs_what_was_paid_for_it(prepaid: Path) -> None:
    """EX-24: expense is the effective cost of what was drawn, and nothing stays accrued."""
    cost = [("2026-08", "11111.10"), ("2026-09", "27000.01"), ("2026-10", "7888.89")]
    assert journal(prepaid, "account_id = '6100'", "period") == [(month, Decimal(c)) for month, c in cost]
    assert journal(prepaid, "account_id = '2110'") == []
    found = fixture.rows(
        prepaid, "select period, drawn_face, drawn_cost, lot_ids from intermediate.int_prepaid_drawn order by 1"
    )
    faces = [Decimal(amount) for _, amount in DRAWS]
    assert found == [(m, f, Decimal(c), "LOT1") for (m, c), f in zip(cost, faces, strict=True)]
