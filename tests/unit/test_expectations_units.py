"""The unit of money of an export that states no price: dollars for cents are seen in the tokens behind them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from expectations import judge_units
from ingestion import focus

CENTS = Decimal("0.000003")


@dataclass(frozen=True)
class Price:
    """A list price, as `judge_units` takes it."""

    model: str
    token_class: str
    unit_price: Decimal
    valid_from: date
    valid_to: date


def prices(models: list[str]) -> list[Price]:
    """A price cut in mid-month, so that a price without its date would be seen."""
    cut, ends = date(2026, 9, 3), date(9999, 12, 31)
    return [
        Price(model, kind, price, *days)
        for model in models
        if model == "m-known"
        for kind in ("output", "cache_read")
        for price, days in ((Decimal("0.0003"), (date(1970, 1, 1), cut)), (CENTS, (cut, ends)))
    ]


def parquet(file: Path, dataset: str, rows: str) -> list[Path]:
    with duckdb.connect() as con:
        empty = ", ".join(f'cast(null as {focus.duckdb_type(c.type)}) as "{c.name}"' for c in focus.DATASETS[dataset])
        con.execute(f"create table t as select {empty} limit 0")
        con.execute(f"insert into t by name {rows}")
        con.execute(f"copy t to '{file}' (format parquet)")
    return [file]


def costs(folder: Path, factor: str = "1", model: str = "m-known", more: str = "") -> list[Path]:
    return parquet(
        folder / "costs.parquet",
        "charges",
        f"""select 'Usage' as "ChargeCategory", 'USD' as "BillingCurrency", '{model}' as "x_Model",
            kind as "x_TokenClass", date '2026-09-03' + i::integer as "ChargePeriodStart",
            1000000 * 0.000003 * 0.8 * {factor} as "BilledCost" {more}
        from range(5) as d(i), (values ('output'), ('cache_read')) as k(kind)""",
    )


def uses(folder: Path, start: str = "2026-09-03") -> list[Path]:
    return parquet(
        folder / "uses.parquet",
        "usage",
        f"""select 'm-known' as "x_Model", kind as "x_TokenClass", date '{start}' + i::integer as "UsageDate",
            500000 as "Quantity", 'tokens' as "Unit", person as "x_PrincipalId"
        from range(5) as d(i), (values ('output'), ('cache_read')) as k(kind), (values ('a'), ('b')) as p(person)""",
    )


def test_the_right_unit_is_proven(tmp_path: Path) -> None:
    result = judge_units(costs(tmp_path), uses(tmp_path), prices)
    assert result.success
    assert result.observed == "billed 24.00 USD, at list price 30.00 USD, ratio 0.8000, 10 keys"


@pytest.mark.parametrize("factor", ["100", "0.01"])
def test_a_hundredfold_is_refused_either_way(tmp_path: Path, factor: str) -> None:
    result = judge_units(costs(tmp_path, factor), uses(tmp_path), prices)
    assert result.blocks
    assert "money_unit" in (result.cure or "")


@pytest.mark.parametrize("factor", ["25", "0.05"])
def test_a_discount_or_a_dear_tier_is_no_wrong_unit(tmp_path: Path, factor: str) -> None:
    assert judge_units(costs(tmp_path, factor), uses(tmp_path), prices).success


def test_without_use_the_unit_is_not_proven_and_not_refused(tmp_path: Path) -> None:
    for files in ([], uses(tmp_path, "2026-10-01")):
        result = judge_units(costs(tmp_path, "100"), files, prices)
        assert (result.success, result.severity, result.blocks) == (False, "info", False)
        assert result.observed == "unit not proven: no use with a list price for m-known"


def test_an_unknown_model_is_unpriced_not_free(tmp_path: Path) -> None:
    result = judge_units(costs(tmp_path, model="m-unknown"), uses(tmp_path), prices)
    assert result.severity == "info"
    assert "m-unknown" in result.observed


def test_an_export_that_states_its_tokens_needs_no_use(tmp_path: Path) -> None:
    stated = ', 1000000 as "ConsumedQuantity", \'tokens\' as "ConsumedUnit"'
    assert judge_units(costs(tmp_path, more=stated), [], prices).success
    assert judge_units(costs(tmp_path, "100", more=stated), [], prices).blocks


def test_prices_are_those_of_the_day(tmp_path: Path) -> None:
    """Before the price cut the same bill would be a hundred times too small."""
    dear = lambda models: [p for p in prices(models) if p.unit_price != CENTS]  # noqa: E731
    assert judge_units(costs(tmp_path), uses(tmp_path), dear).severity == "info"
