"""The ledger that dbt keeps: what is due, what was posted, and the difference booked where it may be."""

import shutil
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests import warehouse_fixture as fixture
from tests.golden_company import company, golden_month
from tests.warehouse_fixture import Row, charge

SERVICE, NEXT = "2026-09", "2026-10"
# accounting.md EX-13: of the five charges the first and the last come again with other amounts.
RESTATED = {1: "4281.37", 5: "2287.10"}


def months(charges: Sequence[Row], loads: Iterable[str] = ("L1",)) -> dict[str, Iterable[Row]]:
    """September and October to build; September's charges, by the last of these loads, and one of October."""
    september, october = golden_month(), fixture.month(NEXT, [])
    load = [*loads][-1]
    both = {name: [*september.get(name, ()), *october.get(name, ())] for name in {**september, **october}}
    both["lake.charges"] = [
        *({**row, "x_LoadId": load} for row in charges),
        charge("2026-10-03", "50.00", 99, x_CredentialId="key-of-P01"),
    ]
    both["lake.coverage"] = [
        {**piece, "load_id": load} if piece["day_from"] == "2026-09-01" and piece["dataset"] == "charges" else piece
        for piece in both["lake.coverage"]
    ]
    both["lake.loads"] = [
        *both["lake.loads"],
        {"load_id": load, "source": "bills", "account": "acme", "dataset": "charges", "rows": 5},
    ]
    return both


def restated() -> list[dict[str, Any]]:
    return [{**row, "BilledCost": RESTATED.get(row["x_SourceRow"], row["BilledCost"])} for row in golden_charges()]


def golden_charges() -> list[dict[str, Any]]:
    return [dict(row) for row in golden_month()["lake.charges"]]


def again(path: Path, books: dict[str, Iterable[Row]]) -> None:
    """The next build on the same warehouse: other inputs, the ledger as it stands."""
    fixture.write_warehouse(path, {**books, **fixture.history(path)})
    fixture.build(path)


def lines(path: Path, where: str) -> list[tuple[Any, ...]]:
    """(period, service period, kind, cause, account, centre, amount) of the journal, debit positive."""
    return fixture.rows(
        path,
        "select period, service_period, kind, cause, account_id, cost_center_id, debit - credit "
        f"from finance.fct_postings where {where} order by account_id, cost_center_id",
    )


def amounts(path: Path, where: str) -> dict[str, Decimal]:
    """Amount per centre (or account, where a line has none)."""
    return {centre or account: amount for *_, account, centre, amount in lines(path, where)}


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """EX-12 built, and September of US01 posted and closed; October is open."""
    path = tmp_path_factory.mktemp("closed") / "warehouse.duckdb"
    fixture.write_warehouse(path, {**company(), **golden_month()})
    fixture.build(path)
    fixture.close(path, "US01", SERVICE, NEXT)
    return path


@pytest.fixture(scope="module")
def corrected(closed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """EX-13: in October the provider restates September."""
    path = tmp_path_factory.mktemp("corrected") / "warehouse.duckdb"
    shutil.copy(closed, path)
    again(path, {**company(), **months(restated(), ["L2"])})
    return path


def test_posting_and_asking_again_books_nothing(closed: Path, tmp_path: Path) -> None:
    """INV-15: due less posted is nothing; the closed month shows its posted lines and no draft."""
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(closed, path)
    before = fixture.rows(path, "select * from finance.fct_postings order by posting_id")
    assert len(before) == 5
    again(path, {**company(), **months(golden_charges())})
    assert fixture.rows(path, "select * from finance.fct_postings where period = '2026-09' order by 1") == before
    states = "select period, status, count(*) from finance.fct_journal_entries group by all order by all"
    assert fixture.rows(path, states) == [(SERVICE, "posted", 1), (NEXT, "draft", 1)]


def test_a_restatement_is_booked_in_the_open_month_to_the_cent(corrected: Path) -> None:
    """EX-13 with all cost expensed: centres bear 118.36 (81.37 + 36.99), 19.58, 10.88 and 6.53 more."""
    found = lines(corrected, "kind = 'true_up'")
    assert {row[:4] for row in found} == {(NEXT, SERVICE, "true_up", "provider_correction")}
    cents = {"CC100": "118.36", "CC200": "19.58", "CC300": "10.88", "CC400": "6.53", "2110": "-155.35"}
    assert amounts(corrected, "kind = 'true_up'") == {who: Decimal(amount) for who, amount in cents.items()}


def test_both_views_of_a_restated_month(closed: Path, corrected: Path) -> None:
    """EX-13: as reported 12,345.67 for ever; with its true-ups 12,501.02."""
    reported = "select * from finance.rpt_cost_statement where period = '2026-09' order by all"
    assert fixture.rows(corrected, reported) == fixture.rows(closed, reported)
    balance = "select * from finance.rpt_trial_balance where period = '2026-09' order by all"
    assert fixture.rows(corrected, balance) == fixture.rows(closed, balance)
    whole = "select sum(debit) from finance.fct_postings where service_period = '2026-09'"
    assert fixture.rows(corrected, whole) == [(Decimal("12501.02"),)]


def test_the_restatement_report_sums(corrected: Path) -> None:
    """EX-13 by centre: restated 7,345.32, 4,617.56, 336.34 and 201.80; October books what it adds, and says so."""
    found = fixture.rows(
        corrected,
        "select coalesce(cost_center_id, account_id), reported, adjusted, restated from finance.rpt_restatement "
        "where service_period = '2026-09' order by 1",
    )
    assert [row[3] for row in found] == [
        Decimal(cents) for cents in ["-12501.02", "7345.32", "4617.56", "336.34", "201.80"]
    ]
    assert all(reported + adjusted == restated for _, reported, adjusted, restated in found)
    assert found[0][1:3] == (Decimal("-12345.67"), Decimal("-155.35"))
    parts = "select period, attributed, pool, adjusted, posted, draft, total from finance.rpt_period_amounts order by 1"
    assert fixture.rows(corrected, parts) == [
        (SERVICE, *map(Decimal, ("12345.67", "0", "0", "12345.67", "0", "12345.67"))),
        (NEXT, *map(Decimal, ("50.00", "0", "155.35", "0", "205.35", "205.35"))),
    ]


def test_a_second_correction_counts_from_all_that_was_posted(corrected: Path, tmp_path: Path) -> None:
    """The true-up posted in October, and the first figures after all: all of it goes back in November, as L1 says."""
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(corrected, path)
    fixture.close(path, "US01", NEXT, "2026-11")
    with duckdb.connect(str(path)) as con:
        con.execute("update ledger.posting_periods set period = '2026-11'")
    books = months(golden_charges())
    november = {"period": "2026-11", "start_date": "2026-11-01", "end_date": "2026-12-01"}
    again(path, {**company(), **books, "lake.build_periods": [*books["lake.build_periods"], november]})
    found = amounts(path, "kind = 'true_up' and period = '2026-11'")
    assert found == {who: -amount for who, amount in amounts(corrected, "kind = 'true_up'").items()}


def test_a_delta_is_the_rerun_less_what_was_posted(tmp_path: Path) -> None:
    """EX-08(b): 100.00 over three becomes 100.01; the cent goes to the second centre, not to the first."""
    path = tmp_path / "warehouse.duckdb"
    rule = {"rule_id": "R", "priority": 1, "source": "*", "account": "*", "method": "even", "valid_from": "2020-01-01"}
    books = company(company__allocation_rules=[{**rule, "targets": "CC100:1;CC200:1;CC300:1"}])
    hundred = [charge("2026-09-14", "100.00", 1)]
    fixture.write_warehouse(path, {**books, **fixture.month(SERVICE, hundred)})
    fixture.build(path)
    fixture.close(path, "US01", SERVICE, NEXT)
    posted = {"CC100": "33.34", "CC200": "33.33", "CC300": "33.33", "2110": "-100.00"}
    assert amounts(path, "true") == {who: Decimal(amount) for who, amount in posted.items()}
    again(path, {**books, **months([{**hundred[0], "BilledCost": "100.01"}], ["L2"])})
    assert amounts(path, "kind = 'true_up'") == {"CC200": Decimal("0.01"), "2110": Decimal("-0.01")}


def test_a_reopened_month_takes_its_corrections_itself(corrected: Path, closed: Path, tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(closed, path)
    with duckdb.connect(str(path)) as con:
        con.execute("update ledger.periods set state = 'open'")
        con.execute("update ledger.posting_periods set period = '2026-09'")
    again(path, {**company(), **months(restated(), ["L2"])})
    found = lines(path, "cause = 'reopened'")
    assert {row[:3] for row in found} == {(SERVICE, SERVICE, "accrual")}
    assert amounts(path, "cause = 'reopened'") == amounts(corrected, "kind = 'true_up'")
    total = "select sum(amount_rounded) from finance.rpt_cost_statement where period = '2026-09'"
    assert fixture.rows(path, total) == [(Decimal("12501.02"),)]


def test_an_accrual_reversed_on_day_one_is_booked_anew_as_it_is_due(
    closed: Path, corrected: Path, tmp_path: Path
) -> None:
    """J2r, INV-14: each posted line negated, on 1 October; the correction of EX-13 is what remains."""
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(closed, path)
    books = company(company__settings=[{"key": "accruals", "value": "auto_reverse"}])
    again(path, {**books, **months(restated(), ["L2"])})
    negated = fixture.rows(
        path,
        "select r.account_id, r.cost_center_id, r.debit = p.credit and r.credit = p.debit, r.posting_date::varchar, "
        "r.functional_debit = p.functional_credit and r.functional_credit = p.functional_debit "
        "from finance.fct_postings as r inner join finance.fct_postings as p on r.reversal_of = p.posting_id "
        "where r.kind = 'reversal' order by 1",
    )
    assert len(negated) == 5
    assert {row[2:] for row in negated} == {(True, "2026-10-01", True)}
    by_centre = "select coalesce(cost_center_id, account_id), sum(debit - credit) from finance.fct_postings"
    net = fixture.rows(path, f"{by_centre} where period = '2026-10' and service_period = '2026-09' group by all")
    assert dict(net) == amounts(corrected, "kind = 'true_up'")

    fixture.close(path, "US01", NEXT, "2026-11")
    months_to_build = months(restated(), ["L2"])
    november = {"period": "2026-11", "start_date": "2026-11-01", "end_date": "2026-12-01"}
    months_to_build["lake.build_periods"] = [*months_to_build["lake.build_periods"], november]
    again(path, {**books, **months_to_build})
    kinds = "select kind, service_period, count(*) from finance.fct_postings where period = '2026-11' group by all"
    assert {row[:2] for row in fixture.rows(path, kinds)} == {("reversal", NEXT), ("true_up", NEXT)}


EURO = {"from_currency": "USD", "to_currency": "EUR", "rate_type": "spot", "rate_source": "test"}


def euros(path: Path, bill: list[tuple[str, str, str]], rates: dict[str, str]) -> Path:
    """A euro entity that is billed (day, dollars, owner) in dollars, built."""
    charges = [charge(day, cost, n, x_CredentialId=f"key-of-{owner}") for n, (day, cost, owner) in enumerate(bill, 1)]
    books = company(
        company__entities=[{"entity_id": "US01", "functional_currency": "EUR"}],
        company__fx_rates=[{**EURO, "rate_date": day, "rate": rate} for day, rate in rates.items()],
        company__credentials=[fixture.key(owner) for owner in ("P01", "P18", "P27")],
    )
    fixture.write_warehouse(path, {**books, **fixture.month(NEXT, charges)})
    fixture.build(path)
    return path


def test_the_whole_is_converted_then_split(tmp_path: Path) -> None:
    """EX-17: 4,345.67 USD at 0.9111 is 3,959.34 EUR, not the 3,959.33 of converted lines."""
    bill = [("2026-10-05", "2172.84", "P01"), ("2026-10-05", "1448.56", "P18"), ("2026-10-05", "724.27", "P27")]
    path = euros(tmp_path / "warehouse.duckdb", bill, {"2026-10-05": "0.9111"})
    found = fixture.rows(
        path,
        "select coalesce(cost_center_id, account_id), functional_debit - functional_credit, functional_currency, "
        "fx_rate, fx_rate_type, fx_rate_date::varchar, fx_rate_source "
        "from finance.fct_postings where event = 'accrual' order by all",
    )
    told = ("EUR", Decimal("0.9111"), "spot", "2026-10-05", "test")
    cents = {"2110": "-3959.34", "CC100": "1979.68", "CC200": "1319.78", "CC300": "659.88"}
    assert found == [(who, Decimal(amount), *told) for who, amount in cents.items()]


def test_each_day_is_converted_at_its_own_rate(tmp_path: Path) -> None:
    """EX-16: four days at four spot rates are 3,971.97 EUR; a single line carries the rate that they come to."""
    days = {
        "05": ("1200.00", "0.9150"),
        "14": ("800.00", "0.9231"),
        "23": ("2000.00", "0.9087"),
        "31": ("345.67", "0.9202"),
    }
    bill = [(f"2026-10-{day}", cost, "P01") for day, (cost, _) in days.items()]
    path = euros(tmp_path / "warehouse.duckdb", bill, {f"2026-10-{day}": rate for day, (_, rate) in days.items()})
    found = fixture.rows(
        path,
        "select account_id, debit, functional_debit, fx_rate "
        "from finance.fct_postings where event = 'accrual' order by 1",
    )
    assert found == [
        ("2110", Decimal(0), Decimal(0), Decimal("0.91400532")),
        ("6100", Decimal("4345.67"), Decimal("3971.97"), Decimal("0.91400532")),
    ]
