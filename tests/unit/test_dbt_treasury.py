"""Prepaid credit, invoices, tax and payments in the journal, to the cent of the worked examples."""

import csv
import shutil
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
    fixture.build(path, *options)
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
    path = tmp_path_factory.mktemp("prepaid") / "warehouse.duckdb"
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
    drawn = "select period, sum(drawn_face), sum(drawn_cost), any_value(lot_id)"
    found = fixture.rows(prepaid, f"{drawn} from intermediate.int_prepaid_days group by period order by period")
    faces = [Decimal(amount) for _, amount in DRAWS]
    assert found == [(m, f, Decimal(c), "LOT1") for (m, c), f in zip(cost, faces, strict=True)]


EURO = [{"entity_id": "US01", "name": "Acme", "functional_currency": "EUR"}]
BILL = [("2026-10-05", "1200.00"), ("2026-10-14", "800.00"), ("2026-10-23", "2000.00"), ("2026-10-31", "345.67")]
SPOT = {"2026-10-05": "0.9150", "2026-10-14": "0.9231", "2026-10-23": "0.9087", "2026-10-31": "0.9202"}


def rate(day: str, value: str, kind: str = "spot") -> Row:
    """A rate from dollars to euros."""
    return {
        "rate_date": day,
        "from_currency": "USD",
        "to_currency": "EUR",
        "rate": value,
        "rate_type": kind,
        "rate_source": "t",
    }


RATES = [
    *(rate(day, value) for day, value in SPOT.items()),
    rate("2026-10-31", "0.9164", "month_average"),
    rate("2026-10-31", "0.9202", "closing"),
    rate("2026-11-30", "0.9300", "closing"),
    rate("2026-12-01", "0.9301"),
]


def euro(path: Path, method: str) -> Path:
    """EX-16: a bill of 4,345.67 dollars in October of an entity that thinks in euro, paid on 20 November at 0.9121."""
    paid = {"payment_id": "PAY-1", "source": "bills", "account": "acme", "settles": "accrued", "currency": "USD"}
    return built(
        path,
        ["2026-10", "2026-11"],
        [use(day, amount, row) for row, (day, amount) in enumerate(BILL, start=1)],
        company__entities=EURO,
        company__fx_rates=RATES,
        company__fx_policies=[{"method": method, "days_back": 7, "valid_from": "2020-01-01"}],
        company__payments=[{**paid, "paid_on": "2026-11-20", "amount": "4345.67", "functional_amount": "3963.69"}],
    )


FUNCTIONAL = (
    "select period, event, account_id, functional_debit - functional_credit from finance.fct_postings order by all"
)


@pytest.fixture(scope="module")
def spot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """EX-16 at the spot rate of each day."""
    return euro(tmp_path_factory.mktemp("spot") / "warehouse.duckdb", "daily_spot")


def test_spot_closing_and_payment_to_the_cent(spot: Path) -> None:
    """EX-16: cost 3,971.97 at spot, loss 26.92 at the closing rate, cash 3,963.69, gain 35.20."""
    amounts = [
        ("2026-10", "accrual", "2110", "-3971.97"),
        ("2026-10", "accrual", "6100", "3971.97"),
        ("2026-10", "fx", "2110", "-26.92"),
        ("2026-10", "fx", "7100", "26.92"),
        ("2026-11", "fx", "2110", "35.20"),
        ("2026-11", "fx", "7100", "-35.20"),
        ("2026-11", "settlement", "1010", "-3963.69"),
        ("2026-11", "settlement", "2110", "3963.69"),
    ]
    assert fixture.rows(spot, FUNCTIONAL) == [(*told, Decimal(amount)) for *told, amount in amounts]
    assert journal(spot, "event = 'fx'") == [], "remeasurement moves nothing in the bill's currency"
    assert journal(spot, "account_id = '2110'", "currency") == []


def test_the_average_of_the_month_to_the_cent(tmp_path: Path) -> None:
    """EX-16: 3,982.37 at the month's average; the closing liability is 3,998.89 all the same."""
    found = fixture.rows(euro(tmp_path / "warehouse.duckdb", "month_average"), FUNCTIONAL)
    told = {(period, event, account): amount for period, event, account, amount in found}
    assert told["2026-10", "accrual", "6100"] == Decimal("3982.37")
    assert told["2026-10", "accrual", "2110"] + told["2026-10", "fx", "2110"] == Decimal("-3998.89")


@pytest.fixture(scope="module")
def taxed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The golden month with an invoice that differs by a cent of rounding and has sales tax (EX-25)."""
    amounts = [("P01", "6201.77"), ("P18", "4012.15"), ("P27", "2131.75")]
    charges = [
        fixture.charge("2026-09-14", cost, row, x_CredentialId=f"key-of-{who}")
        for row, (who, cost) in enumerate(amounts, 1)
    ]
    invoice = [line(1, "12345.68"), line(2, "1018.52", ChargeCategory="Tax")]
    keys = [fixture.key(who) for who, _ in amounts]
    path = tmp_path_factory.mktemp("taxed") / "warehouse.duckdb"
    months = ["2026-09", "2026-10"]
    return built(path, months, charges, lake__invoices=invoice, company__credentials=keys)


def test_an_invoice_takes_the_place_of_the_accrual(taxed: Path) -> None:
    """J2: Dr 2110 what was accrued, Cr 2010, dated as issued; the cent of rounding is with the cost."""
    assert journal(taxed, "event = 'invoice'", "period, account_id, posting_date::varchar") == [
        ("2026-10", "2010", "2026-10-02", Decimal("-12345.68")),
        ("2026-10", "2110", "2026-10-02", Decimal("12345.67")),
        ("2026-10", "6100", "2026-10-02", Decimal("0.01")),
    ]
    assert journal(taxed, "account_id = '2110'", "account_id") == []


def test_tax_that_is_not_claimed_back_follows_the_cost(taxed: Path) -> None:
    """EX-25, J11: 1,018.52 over 6,201.77, 4,012.15 and 2,131.75 gives 511.65, 331.00 and 175.87."""
    assert journal(taxed, "event = 'tax'", "account_id, cost_center_id") == [
        ("2010", None, Decimal("-1018.52")),
        ("6100", "CC100", Decimal("511.65")),
        ("6110", "CC200", Decimal("331.00")),
        ("6120", "CC300", Decimal("175.87")),
    ]


def test_tax_that_is_claimed_back_is_an_asset(tmp_path: Path) -> None:
    """EX-25: VAT of 19 %, 2,345.68, is no cost."""
    accounts = [{"source": "bills", "account": "acme", "entity_id": "US01", "tax_recoverable": "true"}]
    path = built(
        tmp_path / "warehouse.duckdb",
        ["2026-09", "2026-10"],
        list(golden_month()["lake.charges"]),  # type: ignore[arg-type]
        lake__invoices=[line(1, "12345.67"), line(2, "2345.68", ChargeCategory="Tax")],
        company__accounts=accounts,
    )
    assert journal(path, "event = 'tax'", "account_id") == [("1330", Decimal("2345.68")), ("2010", Decimal("-2345.68"))]


@pytest.mark.parametrize(
    ("start", "fault", "test"),
    [
        ("prepaid", "update intermediate.int_prepaid_days set drawn_cost = drawn_cost + 0.01", "prepaid_kept"),
        ("prepaid", "update intermediate.int_prepaid_lots set kind = 'promotional'", "prepaid_kept"),
        ("prepaid", "update intermediate.int_prepaid_used set drawn_by_provider = 1", "prepaid_kept"),
        ("spot", "update finance.fct_postings set fx_rate_source = null where account_id = '6100'", "rates_stated"),
        ("spot", "update finance.fct_postings set fx_rate = null where account_id = '2110'", "rates_stated"),
    ],
)
def test_a_fault_turns_its_invariant_red(
    request: pytest.FixtureRequest, tmp_path: Path, start: str, fault: str, test: str
) -> None:
    """INV-18 and INV-21, each by a deliberate fault."""
    path = Path(shutil.copy(request.getfixturevalue(start), tmp_path / "warehouse.duckdb"))
    with duckdb.connect(str(path)) as con:
        assert con.execute(fault).fetchall()[0][0] > 0, "the fault changes nothing"
    result = fixture.run_dbt(path, "test", "--select", test)
    assert result.returncode == 1
    assert f"Failure in test {test}" in result.stdout
