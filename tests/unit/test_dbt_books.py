"""The books that dbt makes: the golden month to the cent, and history that only a rebuilt period changes."""

import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

from pipeline.journal_export import FORMATS, export_journal
from pipeline.serving import warehouse_reader, write_database
from pipeline.settings import Books
from tests import warehouse_fixture as fixture
from tests.golden_company import company, golden_month
from tests.warehouse_fixture import charge

PROJECT = Path(__file__).parents[2] / "dbt_project"
MARTS = ("fct_charges", "fct_allocations", "fct_pool", "fct_journal_entries", "fct_postings", "dim_periods")
REPORTS = ("rpt_cost_statement", "rpt_trial_balance", "rpt_classification_bridge", "rpt_reconciliation")


@pytest.fixture(scope="module")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The warehouse of accounting.md EX-12 after `dbt build`."""
    path = tmp_path_factory.mktemp("golden") / "warehouse.duckdb"
    fixture.write_warehouse(path, {**company(), **golden_month()})
    fixture.build(path)
    return path


def digest(path: Path, period: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of a period in every mart, in an order of its own."""
    return {
        name: fixture.rows(path, f"select * from finance.{name} where period = '{period}' order by all")
        for name in (*MARTS, *REPORTS)
    }


def month(path: Path, period: str, charges: list[dict[str, object]]) -> None:
    """Replace what there is to build by one month."""
    inputs = golden_month() | fixture.month(period, charges)
    fixture.write_warehouse(path, {**company(), **inputs})


def test_the_unit_tests_of_the_models_pass(golden: Path) -> None:
    """Here and in no other build: they prove the SQL, whatever the books hold."""
    result = fixture.run_dbt(golden, "test", "--select", "test_type:unit")
    assert result.returncode == 0, result.stdout[-6000:]
    told = [yaml.safe_load(path.read_text()) for path in PROJECT.glob("models/**/_*.yml")]
    named = [one["name"] for file in told for one in file.get("unit_tests", [])]
    assert len(named) > 15
    assert f"PASS={len(named)} " in result.stdout


def test_the_golden_month_to_the_cent(golden: Path) -> None:
    found = fixture.rows(
        golden, "select cost_center_id, sum(amount_rounded) from finance.rpt_cost_statement group by all order by all"
    )
    cents = {"CC100": "7226.96", "CC200": "4597.98", "CC300": "325.46", "CC400": "195.27"}
    assert found == [(centre, Decimal(amount)) for centre, amount in cents.items()]
    assert sum(amount for _, amount in found) == Decimal("12345.67")


def test_the_golden_entry_balances(golden: Path) -> None:
    found = fixture.rows(golden, "select account_id, debit, credit from finance.fct_postings order by all")
    amounts = [("2110", 0, "12345.67"), ("5100", "195.27", 0), ("6100", "7226.96", 0), ("6110", "4597.98", 0)]
    amounts.append(("6120", "325.46", 0))
    assert found == [(account, Decimal(debit), Decimal(credit)) for account, debit, credit in amounts]


@pytest.mark.parametrize("kind", FORMATS)
def test_the_golden_month_leaves_for_every_ledger(golden: Path, kind: str, tmp_path: Path) -> None:
    """EX-12, from charges by way of dbt to the file: each format has the liability, whole, and says DRAFT."""
    books = Books.create(tmp_path)
    with warehouse_reader(golden) as con:
        write_database(con, books.published / "finance.duckdb", ["fct_journal_entries", "fct_postings"])
    (journal,) = export_journal(books, "2026-09", kind, out=tmp_path / "out").journals
    text = Path(journal.files[0]).read_text()
    assert (journal.entity, journal.entries, journal.lines, journal.drafts) == ("US01", 1, 5, 1)
    assert "12345.67" in text
    assert "DRAFT" in journal.files[0]


def test_the_golden_bridge_leaves_nothing(golden: Path) -> None:
    found = dict(
        fixture.rows(golden, "select mgmt_class, sum(amount) from finance.rpt_classification_bridge group by all")
    )
    assert found == {"human_capital_capex": Decimal("10132.55"), "utility_opex": Decimal("2213.12")}


def test_no_table_of_the_golden_month_is_empty(golden: Path) -> None:
    with duckdb.connect(str(golden), read_only=True) as con:
        tables = con.execute("select table_name from duckdb_tables() where schema_name = 'finance'").fetchall()
        empty = [name for (name,) in tables if not con.execute(f"from finance.{name} limit 1").fetchall()]
    # EX-12 has none of these, no use of its own, and no month of it is closed.
    assert sorted(empty) == [
        "dim_models",
        "fct_amortization",
        "fct_pool",
        "rpt_expected_cost",
        "rpt_overrides",
        "rpt_restatement",
        "rpt_unallocated",
    ]


def test_a_build_replaces_its_period_and_no_other(golden: Path, tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(golden, path)
    september = digest(path, "2026-09")
    month(path, "2026-10", [charge("2026-10-03", "10.005", 1, x_CredentialId="key-of-P01")])
    fixture.build(path)
    assert digest(path, "2026-09") == september, "a build of October changed September"
    october = digest(path, "2026-10")
    assert [amount for *_, amount in october["rpt_cost_statement"]] == [Decimal("10.01")]

    fixture.build(path)
    assert (digest(path, "2026-09"), digest(path, "2026-10")) == (september, october), "the second build changed rows"

    month(path, "2026-10", [])  # everything in October was withdrawn
    with duckdb.connect(str(path)) as con:
        con.execute("delete from lake.coverage")
    fixture.build(path)
    gone = digest(path, "2026-10")
    assert gone.pop("dim_periods") == october["dim_periods"]
    assert {name: rows for name, rows in gone.items() if rows} == {}, "a period without charges keeps rows"
    assert digest(path, "2026-09") == september


def test_a_lake_that_lost_its_rows_fails(golden: Path, tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(golden, path)
    with duckdb.connect(str(path)) as con:
        con.execute("delete from lake.charges")
    result = fixture.run_dbt(path, "build")
    assert result.returncode == 1
    assert "lake_equals_charges" in result.stdout


@pytest.mark.parametrize(
    ("harm", "table"),
    [
        ("delete from company.posting_rules where function = 'gna'", "intermediate.int_lines_ruled"),
        ("alter table finance.fct_charges rename column account to renamed", "finance.fct_charges"),
    ],
    ids=["a table", "a mart"],
)
def test_a_model_that_fails_leaves_what_was_there(golden: Path, tmp_path: Path, harm: str, table: str) -> None:
    """What takes the place of rows does so in one transaction."""
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(golden, path)
    with duckdb.connect(str(path)) as con:
        con.execute(harm)
    before = fixture.rows(path, f"select * from {table} order by all")
    assert before
    result = fixture.run_dbt(path, "build", "--select", table.split(".")[1])
    assert result.returncode == 1
    assert fixture.rows(path, f"select * from {table} order by all") == before


def test_a_function_without_account_stops_the_build_and_says_so(golden: Path, tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(golden, path)
    with duckdb.connect(str(path)) as con:
        con.execute("delete from company.posting_rules where function = 'gna'")
    result = fixture.run_dbt(path, "build")
    assert result.returncode == 1
    assert "add a rule for event accrual, treatment expense, function gna, valid on 2026-09-30" in result.stdout
