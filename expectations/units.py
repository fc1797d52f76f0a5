"""Is money in the unit the source says? What a cost export bills for tokens is held against tokens at list price.

A cost export in dollars where cents belong passes every check of its own; only the metered use gives it away.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from expectations.engine import MEMORY_LIMIT, parquet
from expectations.verdict import CRITICAL, INFO, Result

# Discounts, tiers and audio tokens move a bill by a few times, a wrong unit of money by a hundred.
IMPOSSIBLE_FACTOR = 30
RULE = "unit_of_money_proven"
PLAIN = f"What is billed for tokens is within a factor {IMPOSSIBLE_FACTOR} of the same tokens at list price."

# Both sides at (day, model, token class), and only the keys that both have. A cost export that states its tokens is
# held against them, any other against the metered use.
COMPARED = """
with billed as (
    select cast("ChargePeriodStart" as date) as day, "x_Model" as model, "x_TokenClass" as token_class,
        sum(coalesce(nullif("EffectiveCost", 0), "BilledCost")) as cost,
        sum(case when lower("ConsumedUnit") = 'tokens' then "ConsumedQuantity" end) as tokens
    from ({costs}) where "ChargeCategory" = 'Usage' and "x_TokenClass" is not null and "BillingCurrency" = 'USD'
    group by all
), metered as (
    select "UsageDate" as day, "x_Model" as model, "x_TokenClass" as token_class, sum("Quantity") as tokens
    from ({uses}) where "Unit" = 'tokens' group by all
), priced as (
    select cost, cast(coalesce(billed.tokens, metered.tokens) as decimal(18,0)) * unit_price as listed
    from billed left join metered using (day, model, token_class)
    inner join prices on prices.model = billed.model and prices.token_class = billed.token_class
        and billed.day >= valid_from and billed.day < valid_to
)
select count(*), sum(cost), sum(listed) from priced where listed > 0
"""
NO_USE = 'select null::date as "UsageDate", null as "x_Model", null as "x_TokenClass", 0 as "Quantity", null as "Unit"'


def judge_units(
    cost_files: list[Path], usage_files: list[Path], prices: Callable[[Iterable[str]], Iterable[Any]]
) -> Result:
    """The unit of money of one cost load (its Parquet files), against all current usage of the same account.

    `prices` gives the list prices of models: objects with model, token_class, unit_price (USD per token), valid_from
    and valid_to (`pipeline.prices.list_prices`). A pure function of what is accepted: judge each cost load again when
    usage arrives, and the order of arrival does not matter. Critical when the two are a factor 30 apart; info when
    there is nothing to compare: not proven is not wrong.
    """
    with duckdb.connect(":memory:", config={"memory_limit": MEMORY_LIMIT}) as con:
        costs, uses = parquet(cost_files), parquet(usage_files) if usage_files else NO_USE
        query = f'select distinct "x_Model" as model from ({costs}) where "x_TokenClass" is not null order by model'
        models = [model for (model,) in con.execute(query).fetchall() if model is not None]
        _table_of(con, prices(models))
        keys, cost, listed = con.execute(COMPARED.format(costs=costs, uses=uses)).fetchone() or (0, None, None)
    if not keys or not cost:
        among = f": no use with a list price for {', '.join(models[:5])}" if models else ": no token is billed in USD"
        return Result(RULE, PLAIN, INFO, success=False, observed=f"unit not proven{among}")
    return _compared(keys, abs(cost), listed)


def _compared(keys: int, cost: Decimal, listed: Decimal) -> Result:
    wrong = cost >= IMPOSSIBLE_FACTOR * listed or listed >= IMPOSSIBLE_FACTOR * cost
    return Result(
        RULE,
        PLAIN,
        CRITICAL,
        success=not wrong,
        observed=f"billed {cost:,.2f} USD, at list price {listed:,.2f} USD, ratio {cost / listed:.4f}, {keys:,} keys",
        unexpected_count=keys if wrong else 0,
        columns=("BilledCost", "EffectiveCost"),
        cure="check whether the export states cents or dollars (money_unit in source.yml)" if wrong else None,
    )


def _table_of(con: duckdb.DuckDBPyConnection, prices: Iterable[Any]) -> None:
    days = "valid_from date, valid_to date"
    con.execute(f"create table prices (model varchar, token_class varchar, unit_price decimal(19,12), {days})")
    rows = [[p.model, p.token_class, p.unit_price, p.valid_from, p.valid_to] for p in prices]
    if rows:
        con.executemany("insert into prices values (?, ?, ?, ?, ?)", rows)
