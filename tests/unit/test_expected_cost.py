"""Expected cost in SQL is what genai-prices says of the same requests, to the last digit; and faults are seen."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import yaml
from genai_prices import Usage, calc_price
from genai_prices.data_snapshot import get_snapshot
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import prices
from pipeline.sample import story
from tests.rendered_macros import model

CLASSES = ("uncached_input", "cache_read", "cache_write_5m", "cache_write_1h", "output")
TIERS = ("standard", "batch", "priority", "flex", "fast")
SAMPLE = yaml.safe_load(Path(story.__file__).with_name("story.yml").read_text("utf-8"))
EMPTY = """
create table lake_prices (model varchar, token_class varchar, service_tier varchar, context_from bigint,
    context_to bigint, unit_price decimal(19, 12), by_hour boolean, valid_from date, valid_to date);
create view prices as from lake_prices;
create table price_agreements (source varchar, account varchar, model varchar, token_class varchar,
    unit_quantity decimal(18, 6), unit_price decimal(28, 12), currency varchar, valid_from date, valid_to date,
    service_tier varchar, context_window varchar);
create table stg_drivers (cost_source varchar, cost_account varchar, usage_source varchar, usage_account varchar,
    is_elsewhere boolean);
create table stg_coverage (source varchar, account varchar, dataset varchar, day_from date, day_to date);
"""
Faults = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """One request: tokens by class, in the order of CLASSES."""

    model: str
    day: date
    tokens: tuple[int, ...]
    tier: str = "standard"

    @property
    def window(self) -> str:
        """The length of its input as a vendor splits it."""
        return "0-200k" if sum(self.tokens[:4]) <= 200_000 else "200k-1M"

    def by_the_library(self, tier: str | None = None, hour: int = 7) -> Any:
        """What genai-prices says of it at an hour of its day."""
        uncached, read, short, long, output = self.tokens
        usage = Usage(
            input_tokens=uncached + read + short + long,
            cache_read_tokens=read,
            cache_write_tokens=short + long,
            cache_write_1h_tokens=long,
            output_tokens=output,
        )
        moment = datetime(self.day.year, self.day.month, self.day.day, hour, tzinfo=UTC)
        condition = dict.fromkeys(("processing", "service_tier", "speed"), tier or self.tier)
        return calc_price(usage, self.model, genai_request_timestamp=moment, price_context=condition)


@cache
def catalogue() -> tuple[str, ...]:
    """The models that genai-prices finds by name alone and prices by token, all of the sample among them."""
    used = {one["model"] for one in [*SAMPLE["tools"].values(), *SAMPLE["streams"]] if one["provider"] != "aws"}
    found = []
    for name in sorted(used | {info.id for provider in get_snapshot().providers for info in provider.models}):
        try:
            info = get_snapshot().find_provider_model(name, None, None, None)[1]
        except LookupError:
            continue
        listed = info.prices if isinstance(info.prices, list) else [info]
        keys = {key for one in listed for key in vars(one.prices)}
        if "input_mtok" in keys and "requests_kcount" not in keys:
            found.append(name)
    assert used < set(found)
    assert len(found) > 300
    return tuple(found)


@cache
def warehouse(faults: Faults = ()) -> duckdb.DuckDBPyConnection:
    """The models that price use, over list prices of the whole catalogue."""
    con = duckdb.connect(config={"threads": 1})
    con.execute(EMPTY)
    listed = [astuple(price) for price in prices.list_prices(catalogue())]
    names = [field.name for field in fields(prices.Price)]
    _table(con, "lake_prices", [dict(zip(names, row, strict=True)) for row in listed], "insert into lake_prices")
    _totals(con, [Request("none", date(2026, 1, 1), (1, 0, 0, 0, 0))])
    for name in ("stg_prices", "stg_price_agreements", "int_usage_billed", "int_usage_priced"):
        query = model(name, "prices", "keys", "allocation", "largest_remainder", "fx")
        for old, new in faults if name == "int_usage_priced" else ():
            assert old in query, f"{old!r} is not in the model: the fault would change nothing"
            query = query.replace(old, new)
        con.execute(f"create view {name} as {query}")
    return con


def _table(con: duckdb.DuckDBPyConnection, name: str, rows: list[dict[str, Any]], into: str) -> None:
    con.register("incoming", pa.Table.from_pylist(rows))
    con.execute(f"{into} from incoming")
    con.unregister("incoming")


def _totals(con: duckdb.DuckDBPyConnection, requests: Iterable[Request]) -> None:
    """Each request as use of an account of its own."""
    rows = [
        {"source": "meter", "account": str(number), "service_date": one.day, "model": one.model, "unit": "tokens"}
        | {"token_class": kind, "service_tier": one.tier, "context_window": one.window, "quantity": Decimal(count)}
        for number, one in enumerate(requests)
        for kind, count in zip(CLASSES, one.tokens, strict=True)
        if count
    ]
    _table(con, "int_usage_totals", rows, "create or replace table int_usage_totals as")


def by_sql(requests: list[Request], faults: Faults = ()) -> list[tuple[Decimal | None, set[str]]]:
    """Expected cost of each request, None where a part of it has no price, and what is noted of its prices."""
    con = warehouse(faults)
    _totals(con, requests)
    asked = """
        select case when bool_and(expected_picos is not null) then sum(expected_picos) end, list(distinct price_note)
        from int_usage_priced group by account order by cast(account as integer)
    """
    found = con.execute(asked).fetchall()
    assert len(found) == len(requests)
    return [(picos if picos is None else Decimal(picos) / 10**12, set(notes or ()) - {None}) for picos, notes in found]


def wrong(requests: list[Request], faults: Faults = ()) -> list[tuple[Request, Any, Any]]:
    """The requests whose expected cost is not that of genai-prices, or that have one where no price is known."""
    found = []
    for one, (ours, notes) in zip(requests, by_sql(requests, faults), strict=True):
        theirs = one.by_the_library()
        if notes & {"service_tier", "token_class"} and "output_mtok" not in vars(theirs.model_price):
            right = ours is None  # an embedding has no output
        elif notes & {"service_tier"}:  # it has no price of its own: genai-prices falls back to that of standard use
            right = ours is None and theirs.total_price == one.by_the_library("standard").total_price
        elif notes & {"price_by_hour"}:
            right = ours is None and len({one.by_the_library(hour=hour).total_price for hour in range(24)}) > 1
        elif notes & {"shortest_context"}:  # the price may change within the window: the request alone could tell
            right = ours is not None and _threshold_within(theirs.model_price, one)
        else:
            right = ours is not None and abs(ours - theirs.total_price) <= _noise(theirs.model_price, one)
        if not right:
            found.append((one, ours, theirs.total_price))
    return found


def _threshold_within(listed: Any, one: Request) -> bool:
    low, high = (0, 200_000) if one.window == "0-200k" else (200_000, 1_000_000)
    return any(low < tier.start < high for price in vars(listed).values() for tier in getattr(price, "tiers", ()))


def _noise(listed: Any, one: Request) -> Decimal:
    """What prices per million with more than 6 decimals (they came through a float) may differ by; else nothing."""
    steps = [p for price in vars(listed).values() for p in (price, getattr(price, "base", None)) if p is not None]
    steps += [tier.price for price in steps for tier in getattr(price, "tiers", ())]
    noisy = any(isinstance(step, Decimal) and step != round(step, 6) for step in steps)
    return sum(one.tokens) * Decimal("1E-12") if noisy else Decimal(0)


def everything(names: Iterable[str]) -> list[Request]:
    """Short and long requests of all classes, before and after prices changed; at each tier where a model has any."""
    days = (date(2024, 6, 1), date(2026, 11, 1))
    sizes = ((17, 1_000_003, 11, 7, 999), (101, 2_003, 307, 401, 5_000))
    tiered = {price.model for price in prices.list_prices(names) if price.service_tier != "standard"}
    return [
        Request(name, day, size, tier)
        for name in names
        for day in days
        for size in sizes
        for tier in (TIERS if name in tiered else TIERS[:1])
    ]


def test_every_model_costs_what_genai_prices_says() -> None:
    requests = everything(catalogue())
    assert wrong(requests) == []
    priced = [one for one, (ours, _) in zip(requests, by_sql(requests), strict=True) if ours]
    assert {one.tier for one in priced} == set(TIERS)
    assert {one.window for one in priced if one.model == "claude-sonnet-4-5"} == {"0-200k", "200k-1M"}
    assert len(priced) > 1500


COUNT = st.one_of(st.integers(0, 9), st.integers(0, 250_000))
REQUEST = st.builds(
    Request,
    st.sampled_from(catalogue()),
    st.dates(date(2023, 1, 1), date(2027, 12, 31)),
    st.tuples(COUNT, COUNT, COUNT, COUNT, st.integers(1, 10**15)),
    st.sampled_from(TIERS),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(REQUEST, min_size=1, max_size=40))
def test_any_request_costs_what_genai_prices_says(requests: list[Request]) -> None:
    assert wrong(requests) == []


FAULTS: dict[str, Faults] = {
    "the base price for long requests": (("coalesce(uses.context_from, 0)", "0"),),
    "the first price for ever": (("uses.service_date >= prices.valid_from", "prices.valid_from = '1970-01-01'"),),
    "standard prices for batch": (("uses.priced_tier = prices.priced_tier", "prices.priced_tier = 'standard'"),),
    "one class for another": (("uses.token_class = prices.token_class", "prices.token_class = 'uncached_input'"),),
    "prices of an hour": (("not prices.by_hour", "prices.by_hour or not prices.by_hour"),),
    "a pico a token more": (("* list_picos", "* (list_picos + 1)"),),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_seen(fault: str) -> None:
    told = everything(("claude-sonnet-4-5", "claude-opus-5", "deepseek-v4-pro", "gpt-5.4", "o3"))
    assert wrong(told) == []
    assert wrong(told, FAULTS[fault])
