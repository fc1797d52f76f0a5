"""Expected cost of a million rows of use by the models of dbt, beside genai-prices asked row by row.

Both price the same rows: ours whole columns in one process, genai-prices a share of them, with the time for all worked
out from it. What both say of that share must be equal to the last digit.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import astuple, fields
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.measure import BenchmarkFailed, Figure, Timing, in_turn, timed
from pipeline.plan import PROJECT

ROWS = 1_000_000
ASKED = 20_000
LIMIT = 1 / 50  # ours by genai-prices: fifty times its calls per second
# Flat prices, and prices of long requests from 200,000 tokens on, which is where exports split them.
NAMES = [
    *("claude-haiku-4-5-20251001", "claude-opus-4-8", "claude-sonnet-4-5", "claude-sonnet-5", "gemini-2.5-pro"),
    *("gpt-4o", "gpt-5-2025-08-07", "gpt-5-mini-2025-08-07", "gpt-5.2-2025-12-11", "o3"),
]
MODELS = ("stg_prices", "stg_price_agreements", "int_usage_billed", "int_usage_priced")

# Use by account, day, model and class; most rows are alone in their group, so that grouping saves no work.
USE = """
create schema company; create schema staging; create schema intermediate;
create table lake.prices as from listed;
create table company.price_agreements (source varchar, account varchar, model varchar, token_class varchar,
    unit_quantity decimal(18, 6), unit_price decimal(28, 12), currency varchar, valid_from date, valid_to date,
    service_tier varchar, context_window varchar);
create table staging.stg_drivers (cost_source varchar, cost_account varchar, usage_source varchar,
    usage_account varchar, is_elsewhere boolean);
create table staging.stg_coverage (source varchar, account varchar, dataset varchar, day_from date, day_to date);
create table intermediate.int_usage_totals as
with drawn as (
    select i, cast(hash(i) // 8 as bigint) as h, cast(hash(i, 1) // 8 as bigint) as k,
        cast(hash(i, 2) // 8 as bigint) as t, cast(hash(i, 3) // 8 as bigint) as q
    from range($rows) as numbers(i)
), chosen as (
    select i, q, $names[1 + h % len($names)] as model, date '2026-10-14' + cast(k % 60 as integer) as service_date,
        ['uncached_input', 'cache_read', 'cache_write_5m', 'cache_write_1h', 'output'][1 + t % 5] as token_class,
        h % 7 = 0 and token_class <> 'output' as is_long, k % 5 = 0 and list_contains($batched, model) as is_batch
    from drawn
)
select 'meter' as source, case when i < $asked then 'asked' else 'account-' || i % 400 end as account, service_date,
    model, token_class, case when is_batch then 'batch' else 'standard' end as service_tier,
    case when is_long then '200k-1M' else '0-200k' end as context_window, 'tokens' as unit,
    cast(case when is_long then 200001 + q % 700000 else 1 + q % 200000 end as decimal(18, 0)) as quantity
from chosen
"""


def measure(workplace: Path, scale: float, repeats: int) -> Figure:
    """Rows of ten models, long requests and batches among them."""
    warehouse, rows = workplace / "warehouse.duckdb", max(1000, int(ROWS * scale))
    asked = min(ASKED, rows // 2)
    _write(warehouse, rows, asked)
    queries = _compiled(warehouse)
    ours, calls = in_turn(
        repeats,
        lambda: _inside("sql", warehouse, queries, rows),
        lambda: _inside("calls", warehouse, queries, rows),
    )
    _agreed(warehouse)
    figure = Figure(f"expected cost of {rows:,} rows of use", ours, "genai-prices, a call for each row", calls, LIMIT)
    per_second, called = rows / figure.amount, rows / figure.yardstick_amount
    figure.notes = [
        f"{per_second:,.0f} rows a second, genai-prices {called:,.0f} calls: {per_second / called:,.0f} times; "
        f"{asked:,} rows asked of it, the sum the same to the last digit"
    ]
    return figure


def _write(warehouse: Path, rows: int, asked: int) -> None:
    from pipeline.prices import Price, list_prices

    listed = list_prices(NAMES)
    columns = zip(*map(astuple, listed), strict=True)
    names = [field.name for field in fields(Price)]
    batched = sorted({price.model for price in listed if price.service_tier == "batch"})
    with duckdb.connect(warehouse) as con:
        con.execute("create schema lake")
        con.register("listed", pa.table([pa.array(column) for column in columns], names=names))
        *before, use = USE.split(";")
        con.execute(";".join(before))
        con.execute(use, {"rows": rows, "asked": asked, "names": NAMES, "batched": batched})


def _compiled(warehouse: Path) -> Path:
    """Where dbt wrote the SQL of the models."""
    target = warehouse.parent / "dbt"
    folders = ["--project-dir", PROJECT, "--profiles-dir", PROJECT, "--target-path", target, "--log-path", target]
    command = [sys.executable, "-m", "dbt.cli.main", "--quiet", "compile", *map(str, folders), "--select", *MODELS]
    timed(command, {"TOKENBOOKS_TARGET": "duckdb", "TOKENBOOKS_WAREHOUSE": str(warehouse)})
    return target / "compiled"


def _inside(program: str, warehouse: Path, queries: Path, rows: int) -> Timing:
    """The seconds that a program measured itself, for all rows."""
    clock = warehouse.parent / "seconds.json"
    timing = timed([sys.executable, "-m", "benchmarks.expected", program, str(warehouse), str(queries), str(clock)])
    seconds, done = json.loads(clock.read_text())
    return Timing(seconds * rows / done, timing.peak_mib)


def _sql(warehouse: Path, queries: Path) -> Callable[[], int]:
    con = duckdb.connect(warehouse, config={"threads": os.cpu_count() or 1, "preserve_insertion_order": False})
    texts = {name: next(queries.rglob(f"{name}.sql")).read_text() for name in MODELS}
    for name in MODELS[:-1]:
        schema = "staging" if name.startswith("stg_") else "intermediate"
        con.execute(f"create or replace view {schema}.{name} as {texts[name]}")

    def run() -> int:
        con.execute(f"create or replace table intermediate.int_usage_priced as {texts[MODELS[-1]]}")
        return int(con.sql("select count(*) from intermediate.int_usage_totals").fetchall()[0][0])

    return run


def _calls(warehouse: Path, _queries: Path) -> Callable[[], int]:
    from genai_prices import Usage, calc_price

    con = duckdb.connect(warehouse, read_only=True)
    asked = con.sql("""
        select model, service_date, token_class, service_tier, cast(quantity as bigint)
        from intermediate.int_usage_totals where account = 'asked'
    """).fetchall()
    con.close()

    def run() -> int:
        total = Decimal(0)
        for model, day, kind, tier, count in asked:
            usage = Usage(
                input_tokens=0 if kind == "output" else count,
                output_tokens=count if kind == "output" else 0,
                cache_read_tokens=count if kind == "cache_read" else 0,
                cache_write_tokens=count if kind.startswith("cache_write") else 0,
                cache_write_1h_tokens=count if kind == "cache_write_1h" else 0,
            )
            noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            context = {"processing": tier}
            total += calc_price(usage, model, genai_request_timestamp=noon, price_context=context).total_price
        warehouse.with_name("asked.json").write_text(json.dumps(str(total)))
        return len(asked)

    return run


def _agreed(warehouse: Path) -> None:
    """Raises BenchmarkFailed unless every row has a price, and those asked of genai-prices cost what it says."""
    with duckdb.connect(warehouse, read_only=True) as con:
        ((unpriced, picos),) = con.sql("""
            select count(*) filter (expected_picos is null), sum(expected_picos) filter (account = 'asked')
            from intermediate.int_usage_priced
        """).fetchall()
    theirs = Decimal(json.loads(warehouse.with_name("asked.json").read_text()))
    if unpriced or Decimal(picos) / 10**12 != theirs:
        raise BenchmarkFailed(f"{unpriced} rows without a price; ours {Decimal(picos) / 10**12}, genai-prices {theirs}")


def _program(name: str, warehouse: str, queries: str, clock: str) -> None:
    """What a measured process does: make ready, then write down the seconds of the work itself and its rows."""
    work = {"sql": _sql, "calls": _calls}[name](Path(warehouse), Path(queries))
    started = time.perf_counter()
    done = work()
    Path(clock).write_text(json.dumps([time.perf_counter() - started, done]))


if __name__ == "__main__":
    _program(*sys.argv[1:])
