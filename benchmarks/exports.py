"""Bills to measure with: one month of Bedrock use as a FOCUS 1.0 CSV in the columns AWS delivers, made by DuckDB.

Amounts are exact decimals of up to eight places; sub-accounts and tags are those of the sample company, so that
attribution has its usual work. The same arguments give the same rows.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

ACCOUNT = "acme-aws"

# The columns of AWS in FOCUS 1.0 and what makes each; `i` numbers the rows, `h` is a hash of it.
COLUMNS = """
    null as AvailabilityZone, billed as BilledCost, '000011112222' as BillingAccountId,
    'Acme payer' as BillingAccountName, 'USD' as BillingCurrency, month_end as BillingPeriodEnd,
    month_start as BillingPeriodStart, 'Usage' as ChargeCategory,
    null as ChargeClass, meter || ' in US East (N. Virginia)' as ChargeDescription, 'Usage-Based' as ChargeFrequency,
    day_end as ChargePeriodEnd, day_start as ChargePeriodStart, null as CommitmentDiscountCategory,
    null as CommitmentDiscountId, null as CommitmentDiscountName, null as CommitmentDiscountStatus,
    null as CommitmentDiscountType, quantity as ConsumedQuantity, '1K tokens' as ConsumedUnit, billed as ContractedCost,
    unit_price * 0.94 as ContractedUnitPrice, billed as EffectiveCost, 'Amazon Web Services, Inc.' as InvoiceIssuerName,
    listed as ListCost, unit_price as ListUnitPrice, 'Standard' as PricingCategory, quantity as PricingQuantity,
    '1K tokens' as PricingUnit, 'AWS' as ProviderName, 'Amazon Web Services, Inc.' as PublisherName,
    'us-east-1' as RegionId, 'US East (N. Virginia)' as RegionName,
    'arn:aws:bedrock:us-east-1:' || place[1] || ':inference-profile/' || model[1] as ResourceId, null as ResourceName,
    'inference-profile' as ResourceType, 'AI and Machine Learning' as ServiceCategory, 'Amazon Bedrock' as ServiceName,
    'SKU' || (h % 40)::varchar as SkuId, null as SkuPriceId, place[1] as SubAccountId,
    'acme-' || place[1][1:4] as SubAccountName,
    place[2] as Tags, null as x_CostCategories, null as x_Discounts, 'InvokeModelStreamingInference' as x_Operation,
    'AmazonBedrock' as x_ServiceCode, meter as x_UsageType
"""

ROWS = """
    select *, (quantity * unit_price * 0.94)::decimal(28, 8) as billed,
        (quantity * unit_price)::decimal(28, 6) as listed,
        'USE1-' || model[2] || '-' || token_class[1] as meter
    from (
        select i, h, $places[1 + (h % len($places))] as place, $models[1 + ((h // 7) % len($models))] as model,
            $classes[1 + ((h // 101) % len($classes))] as token_class,
            (1 + (h // 1009) % 900000)::decimal(18, 0) as quantity,
            $classes[1 + ((h // 101) % len($classes))][2]::decimal(9, 6) as unit_price,
            strftime($first + (($from_day + i % $days)::int), '%Y-%m-%dT00:00:00.000Z') as day_start,
            strftime($first + (($from_day + 1 + i % $days)::int), '%Y-%m-%dT00:00:00.000Z') as day_end,
            strftime($first, '%Y-%m-%dT00:00:00.000Z') as month_start,
            strftime($first + interval 1 month, '%Y-%m-%dT00:00:00.000Z') as month_end
        from (select range as i, (hash(range, $seed) >> 1)::bigint as h from range($rows))
    )
"""

# Sub-account and tags as the sample company's bill has them.
PLACES = [
    ["111122223333", '{"cost_center": "CC400", "project": "P-ASSIST", "workload": "prod_inference"}'],
    ["444455556666", '{"activity": "research", "cost_center": "CC150", "project": "P-FORECAST"}'],
    ["777788889999", "{}"],
    ["777788889999", '{"cost_center": "CC250"}'],
    ["999900001111", '{"cost_center": "CC999"}'],
]
MODELS = [
    ["us.anthropic.claude-haiku-4-5-20251001-v1:0", "Claude4.5Haiku"],
    ["us.anthropic.claude-opus-4-8-v1:0", "Claude4.8Opus"],
    ["amazon.nova-lite-v1:0", "NovaLite"],
]
CLASSES = [
    ["input-tokens", "0.001"],
    ["cache-read-input-token-count", "0.0001"],
    ["cache-write-input-token-count", "0.00125"],
    ["output-tokens", "0.005"],
]


@dataclass(frozen=True)
class Stretch:
    """Rows spread evenly over days of a month: `days` of them from the day with index `from_day` on."""

    rows: int
    from_day: int
    days: int


def write_bill(path: Path, period: str, stretches: list[Stretch], seed: int) -> None:
    """Write the month's bill to `path`, dated a minute ago: `load` leaves alone what changed a moment ago."""
    parts = [_rows(stretch, period, seed) for stretch in stretches if stretch.rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    with duckdb.connect() as con:
        con.execute(f"copy (select {COLUMNS} from ({' union all '.join(parts)})) to '{partial}' (format csv, header)")
    written = time.time() - 60
    os.utime(partial, (written, written))
    partial.replace(path)


def _rows(stretch: Stretch, period: str, seed: int) -> str:
    values = {
        "places": PLACES,
        "models": MODELS,
        "classes": CLASSES,
        "first": f"date '{period}-01'",
        "from_day": stretch.from_day,
        "days": stretch.days,
        "rows": stretch.rows,
        "seed": seed,
    }
    query = ROWS
    for name in sorted(values, key=len, reverse=True):  # COPY takes no parameters; nothing here comes from outside
        query = query.replace(f"${name}", str(values[name]))
    return query
