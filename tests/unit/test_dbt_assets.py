"""Assets as dbt books them: placed, charged, corrected after a close, written off, rolled forward.

One company in two builds: August and September 2026 are built and closed; then August is stated again, and October
built. Reference: accounting.md section 2.7 and J4 to J6.
"""

import csv
import io
import json
import shutil
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.company.starting import default_files
from tests import warehouse_fixture as fixture
from tests.golden_company import GATES, company
from tests.warehouse_fixture import Row, charge, key

SINCE = {"valid_from": "2020-01-01"}
MONTHS = {"2026-08": "2026-09-01", "2026-09": "2026-10-01", "2026-10": "2026-11-01"}
PROJECTS = [
    ("proj-A", "internal_use", "CC100", "US"),
    ("proj-C", "cca_implementation", "CC200", "US"),
    ("proj-D", "internal_use", "CC100", "US"),
    ("proj-F", "research", "CC100", "IE"),
]
READY = [("proj-A", "mod-A", "2026-08-20"), ("proj-C", "mod-C", "2026-08-31"), ("proj-D", "mod-D", "2026-08-10")]


def defaults(name: str) -> list[dict[str, Any]]:
    """The rows of a file that every company starts with."""
    text = default_files()[f"{name}.csv"]
    return [{k: v or None for k, v in row.items()} for row in csv.DictReader(io.StringIO(text))]


def assets_company() -> dict[str, Iterable[Row]]:
    """The golden company with four projects, allowed to capitalise, by the rules that every company starts with."""
    gates = [
        {"project_id": project, "gate": gate, "event_date": day, "evidence_ref": f"DOC-{gate}"}
        for project, *_ in PROJECTS
        for gate, day in GATES.items()
    ]
    ready = [
        {"project_id": p, "module_id": m, "gate": "ready_for_use", "event_date": day, "evidence_ref": "TEST"}
        for p, m, day in READY
    ]
    gone = {"project_id": "proj-D", "gate": "abandoned", "event_date": "2026-10-15", "evidence_ref": "BOARD"}
    life = {"useful_life_months": 36, "life_memo_ref": "MEMO-1", "life_memo_date": "2026-06-30"}
    projects = [
        {"project_id": p, "project_type": t, "cost_center_id": c, "location_of_work": w, "entity_id": "US01", **SINCE}
        for p, t, c, w in PROJECTS
    ]
    return company(capitalise=True) | {
        "company.projects": projects,
        "company.modules": [{"module_id": m, "project_id": p, **life} for p, m, _ in READY],
        "company.gate_events": [*gates, *ready, gone],
        "company.posting_rules": defaults("posting_rules"),
        "company.chart_of_accounts": defaults("chart_of_accounts"),
        "company.credentials": [key("P01")],
    }


def work(cost: str, row: int, day: str, **tags: str) -> dict[str, Any]:
    """A charge for what P01 did on a day."""
    return charge(day, cost, row, x_CredentialId="key-of-P01", Tags=json.dumps(tags))


def charges(august: str) -> list[dict[str, Any]]:
    """What was done in the three months; the cost of proj-A in August is what is stated again."""
    return [
        work(august, 1, "2026-08-05", activity="coding", project="proj-A", module="mod-A"),
        work("3600.00", 2, "2026-08-06", activity="configuration", project="proj-C", module="mod-C"),
        work("7200.00", 3, "2026-08-07", activity="coding", project="proj-D", module="mod-D"),
        work("4200.00", 4, "2026-08-08", activity="research", project="proj-F"),
        work("10.00", 5, "2026-09-08", activity="maintenance"),
        work("20.00", 6, "2026-10-08", activity="maintenance"),
    ]


def write(path: Path, august: str, build: list[str], ledger: dict[str, Iterable[Row]]) -> None:
    """The warehouse's inputs for a build of these periods."""
    listed = charges(august)
    year = fixture.month("2026-08", [c for c in listed if c["period"] in build])
    pieces = [{**piece, "day_to": "2027-01-01"} for piece in year["lake.coverage"]]
    listing = [{"period": p, "start_date": f"{p}-01", "end_date": MONTHS[p]} for p in build]
    inputs = year | {"lake.coverage": pieces, "lake.build_periods": listing}
    inputs["lake.loads"] = [{**load, "as_of": "2026-11-03"} for load in year["lake.loads"]]
    fixture.write_warehouse(path, assets_company() | inputs | ledger)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """August and September closed, August stated again with 81.37 more, and all of it built with October."""
    path = tmp_path_factory.mktemp("assets") / "warehouse.duckdb"
    write(path, "48250.37", ["2026-08", "2026-09"], {})
    fixture.build(path)
    shutil.copy(path, path.with_name("september.duckdb"))
    fixture.close(path, "US01", "2026-08", "2026-09")
    fixture.close(path, "US01", "2026-09", "2026-10")
    write(path, "48331.74", list(MONTHS), fixture.history(path))
    fixture.build(path)
    return path


def lines(path: Path, period: str, event: str, project: str) -> dict[str, Decimal]:
    """Balance per account of what an event booked for a project in a period."""
    found = fixture.rows(
        path,
        f"select account_id, sum(debit - credit) from finance.fct_postings where period = '{period}' "
        f"and event = '{event}' and project_id = '{project}' group by all",
    )
    return dict(found)


def test_a_correction_after_the_close_is_caught_up(books: Path) -> None:
    """EX-14: September 1,340.29; in October 81.37 more of August's cost is added, placed and caught up: 1,344.81."""
    assert lines(books, "2026-08", "ready_for_use", "proj-A") == {
        "1620": Decimal("48250.37"),
        "1610": Decimal("-48250.37"),
    }
    assert lines(books, "2026-09", "amortization", "proj-A") == {
        "6300": Decimal("1340.29"),
        "1629": Decimal("-1340.29"),
    }
    assert lines(books, "2026-10", "accrual", "proj-A") == {"1610": Decimal("81.37")}
    assert lines(books, "2026-10", "ready_for_use", "proj-A") == {"1620": Decimal("81.37"), "1610": Decimal("-81.37")}
    assert lines(books, "2026-10", "amortization", "proj-A") == {
        "6300": Decimal("1344.81"),
        "1629": Decimal("-1344.81"),
    }


def test_what_was_booked_is_not_written_again(books: Path) -> None:
    """INV-16: August and September read the same before and after the correction, line for line."""
    before = books.with_name("september.duckdb")
    for model in ("fct_postings", "fct_amortization"):
        columns = "posting_id, account_id, debit, credit" if model == "fct_postings" else "*"
        where = "period < '2026-10' and coalesce(book, '') <> 'TAX_US'"
        sql = f"select {columns} from finance.{model} where {where} order by all"
        assert fixture.rows(books, sql) == fixture.rows(before, sql) != []


def test_implementation_is_amortised_where_its_fees_are(books: Path) -> None:
    """ASU 2018-15: 3,600.00 over 36 months in the line of the fees, from the prepaid account itself."""
    expected = {"6110": Decimal("100.00"), "1320": Decimal("-100.00")}
    assert lines(books, "2026-09", "amortization", "proj-C") == expected
    assert lines(books, "2026-08", "ready_for_use", "proj-C") == {}
    charged = "from finance.fct_postings where account_id = '6110' and event = 'amortization'"
    assert fixture.rows(books, f"select distinct cost_center_id, function {charged}") == [("CC200", "sales_marketing")]


def test_what_is_given_up_is_written_off(books: Path) -> None:
    """J6: after two charges of 200.00 what is left of 7,200.00 is lost, and nothing stays on any account."""
    assert lines(books, "2026-10", "amortization", "proj-D") == {"6300": Decimal("200.00"), "1629": Decimal("-200.00")}
    assert lines(books, "2026-10", "impairment", "proj-D") == {
        "6310": Decimal("6800.00"),
        "1629": Decimal("400.00"),
        "1620": Decimal("-7200.00"),
    }


def test_the_roll_forward(books: Path) -> None:
    """INV-17: opening and movements of October, account by account."""
    found = fixture.rows(
        books,
        "select account_group, opening, additions, placed, used, written_off, closing from finance.rpt_roll_forward "
        "where period = '2026-10' and account_group <> 'accrued' order by all",
    )
    expected = [
        ("accumulated", "-1540.29", "0", "0", "-1544.81", "400", "-2685.10"),
        ("implementation", "3500", "0", "0", "-100", "0", "3400"),
        ("in_progress", "0", "81.37", "-81.37", "0", "0", "0"),
        ("in_service", "55450.37", "0", "81.37", "0", "-7200", "48331.74"),
    ]
    assert found == [(group, *map(Decimal, amounts)) for group, *amounts in expected]


def test_foreign_research_is_a_memo_for_tax(books: Path) -> None:
    """EX-31: 4,200.00 of foreign work over 180 months from July: 4 of them by October; domestic work is deducted."""
    found = fixture.rows(
        books,
        "select period, project_id, charge, accumulated, life_months from finance.fct_amortization "
        "where book = 'TAX_US' order by all",
    )
    assert found == [
        ("2026-08", "proj-F", Decimal("46.67"), Decimal("46.67"), 180),
        ("2026-09", "proj-F", Decimal("23.33"), Decimal("70.00"), 180),
        ("2026-10", "proj-F", Decimal("23.33"), Decimal("93.33"), 180),
    ]
    assert fixture.rows(books, "select * from finance.fct_postings where book = 'TAX_US'") == []
    deducted = (
        "select sum(amount) from finance.fct_allocations where project_id <> 'proj-F' and tax_treatment = 'expense'"
    )
    assert fixture.rows(books, deducted) == [(Decimal("59131.74"),)]


ASSETS = "update finance.fct_amortization set"
FAULTS = [
    {
        "roll_forward_equals_assets": "delete from finance.rpt_roll_forward where account_id = '1629'",
        "amortization_runs_true": f"{ASSETS} accumulated = cost + 1 where project_id = 'proj-F'",
        "roll_forward_foots": "update finance.rpt_trial_balance set functional_balance = 0 where account_id = '2110'",
    },
    {
        "roll_forward_equals_assets": f"{ASSETS} cost = cost + 0.01 where project_id = 'proj-A'",
        "amortization_runs_true": f"{ASSETS} charge = charge + 0.01 where project_id = 'proj-C'",
        "roll_forward_foots": "update finance.rpt_roll_forward set placed = placed - 0.01 where account_id = '1620'",
    },
]


@pytest.mark.parametrize("faults", FAULTS)
def test_a_fault_turns_its_test_red(books: Path, tmp_path: Path, faults: dict[str, str]) -> None:
    """INV-16 and INV-17: each of the project's tests fails when what it names breaks."""
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(books, path)
    with duckdb.connect(str(path)) as con:
        for fault in faults.values():
            con.execute(fault)
    result = fixture.run_dbt(path, "test", "--select", *faults)
    assert result.returncode == 1, result.stdout[-2000:]
    assert {test for test in faults if f"Failure in test {test}" in result.stdout} == set(faults)


def test_a_rule_that_is_missing_is_named(books: Path, tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(books, path)
    with duckdb.connect(str(path)) as con:
        con.execute("delete from company.posting_rules where event = 'amortization' and treatment = 'capitalise'")
    result = fixture.run_dbt(path, "run", "--select", "int_asset_accounts")
    assert result.returncode == 1
    assert "add a rule for event amortization, treatment capitalise, function rnd" in result.stdout
