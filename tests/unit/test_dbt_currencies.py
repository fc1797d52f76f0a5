"""Amounts in an entity's own currency: a charge that has no rate stops the build and says which and how to cure it."""

from pathlib import Path

from tests import warehouse_fixture as fixture
from tests.golden_company import company, golden_month

RATE = {"from_currency": "USD", "to_currency": "EUR", "rate": "0.9150", "rate_type": "spot", "rate_source": "test"}


def european(path: Path, **tables: list[dict[str, object]]) -> Path:
    """The golden month, paid by an entity whose currency is the euro."""
    entities = [{"entity_id": "US01", "name": "Acme", "functional_currency": "EUR"}]
    books = {**company(company__entities=entities), **golden_month()}
    return fixture.write_warehouse(path, books | {name.replace("__", "."): rows for name, rows in tables.items()})


def test_a_day_without_a_rate_stops_the_build_with_the_pair_and_the_cure(tmp_path: Path) -> None:
    """INV-21: a rate is present. The charges are of 14 September, a spot rate may be seven days older."""
    path = european(tmp_path / "warehouse.duckdb", company__fx_rates=[{**RATE, "rate_date": "2026-09-06"}])
    result = fixture.run_dbt(path, "run", "--select", "+int_fx_applied")
    assert result.returncode == 1
    assert "no spot rate from USD to EUR for 2026-09-14: add a row, or run `tokenbooks rates`" in result.stdout


def test_a_rate_of_a_few_days_before_measures_the_day(tmp_path: Path) -> None:
    path = european(tmp_path / "warehouse.duckdb", company__fx_rates=[{**RATE, "rate_date": "2026-09-07"}])
    fixture.build(path, "--select", "+int_fx_applied", "--indirect-selection", "cautious")
    found = fixture.rows(
        path, "select from_currency, to_currency, rate::varchar, rate_date::varchar from intermediate.int_fx_applied"
    )
    assert found == [("USD", "EUR", "0.91500000", "2026-09-07")]
