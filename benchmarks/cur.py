"""A bill to measure with as AWS's cost and usage report: one month of Bedrock use as CUR 2.0, made by DuckDB."""

import os
import time
from pathlib import Path

import duckdb

# The columns of CUR 2.0 and what makes each; `i` numbers the rows, `h` is a hash of it.
COLUMNS = """
    printf('%052d', i) as identity_line_item_id, day || '/' || next_day as identity_time_interval,
    'Anniversary' as bill_bill_type, 'AWS' as bill_billing_entity, '2026-10-01T00:00:00.000Z' as
    bill_billing_period_start_date, '2026-11-01T00:00:00.000Z' as bill_billing_period_end_date, null as bill_invoice_id,
    'Amazon Web Services, Inc.' as bill_invoicing_entity, '000011112222' as bill_payer_account_id,
    place[1] as line_item_usage_account_id, 'acme-' || place[1][1:4] as line_item_usage_account_name,
    'Usage' as line_item_line_item_type, day as line_item_usage_start_date, next_day as line_item_usage_end_date,
    'AmazonBedrock' as line_item_product_code, meter as line_item_usage_type,
    'InvokeModelStreamingInference' as line_item_operation, null as line_item_availability_zone,
    'arn:aws:bedrock:us-east-1:' || place[1] || ':application-inference-profile/p' || h % 40 as line_item_resource_id,
    quantity as line_item_usage_amount, listed as line_item_unblended_cost,
    cast(listed * 0.94 as decimal(28, 8)) as line_item_net_unblended_cost, 'USD' as line_item_currency_code,
    'Amazon Web Services, Inc.' as line_item_legal_entity, meter || ' in US East' as line_item_line_item_description,
    'arn:aws:sts::' || place[1] || ':assumed-role/Dev/' || person || '@acme.example' as line_item_iam_principal,
    '1K tokens' as pricing_unit, listed as pricing_public_on_demand_cost, price as pricing_public_on_demand_rate,
    null as pricing_purchase_option, 'us-east-1' as product_region_code, 'AmazonBedrock' as product_servicecode,
    'SKU' || h % 40 as product_sku, '{"product_name": "Amazon Bedrock"}' as product,
    null as reservation_reservation_a_r_n, null as reservation_unused_amortized_upfront_fee_for_billing_period,
    null as reservation_unused_recurring_fee, null as savings_plan_savings_plan_a_r_n,
    null as savings_plan_total_commitment_to_date, null as savings_plan_used_commitment,
    '{}' as resource_tags, place[2] as tags, '{}' as cost_category, '{}' as discount
"""

ROWS = """
    select *, cast(quantity * price as decimal(28, 8)) as listed, 'USE1-' || model || '-' || class[1] as meter,
        strftime(date '2026-10-01' + cast(i % 31 as int), '%Y-%m-%dT00:00:00.000Z') as day,
        strftime(date '2026-10-02' + cast(i % 31 as int), '%Y-%m-%dT00:00:00.000Z') as next_day
    from (
        select *, class[2]::decimal(9, 6) as price, 0.001 * (1 + (h // 1009) % 900000) as quantity
        from (
            select i, h, places[1 + h % len(places)] as place, classes[1 + (h // 101) % len(classes)] as class,
                models[1 + (h // 7) % len(models)] as model, people[1 + (h // 11) % len(people)] as person
            from (select range as i, cast(hash(range, 1) >> 1 as bigint) as h from range($rows)), (
                select ['Claude4.6Sonnet', 'Claude4.8Opus', 'Claude4.5Haiku', 'NovaLite'] as models,
                    ['ana', 'ben', 'cleo', 'dai', 'eva', 'finn', 'gus'] as people,
                    [['input-tokens', '0.003'], ['cache-read-input-token-count', '0.0003'],
                     ['cache-write-input-token-count', '0.00375'], ['output-tokens', '0.015']] as classes,
                    [['111122223333', '{"iamPrincipal/team": "atlas", "project": "P-ASSIST"}'],
                     ['444455556666', '{"iamPrincipal/team": "orion"}'], ['777788889999', '{}']] as places
            )
        )
    )
"""


# Columns that a converter wants to see, though Bedrock fills none of them.
EMPTY = {
    "double": "savings_plan_savings_plan_effective_cost reservation_effective_cost reservation_total_reserved_units",
    "text": "reservation_reservation_arn product_purchase_option pricing_rate_code pricing_rate_id",
}
# What is no text in Parquet.
TYPED = {
    "timestamp": "bill_billing_period_start_date bill_billing_period_end_date line_item_usage_start_date "
    "line_item_usage_end_date",
    "double": "line_item_usage_amount line_item_unblended_cost line_item_net_unblended_cost "
    "pricing_public_on_demand_cost pricing_public_on_demand_rate reservation_unused_recurring_fee "
    "reservation_unused_amortized_upfront_fee_for_billing_period savings_plan_total_commitment_to_date "
    "savings_plan_used_commitment",
}


def write_report(path: Path, rows: int) -> None:
    """Write the report to `path`, a gzip CSV as AWS delivers it, dated a minute ago."""
    _write(path, f"select {COLUMNS} from ({_rows(rows)})", "format csv, header, compression gzip, force_quote *")


def write_parquet(path: Path, rows: int) -> None:
    """Write the report to `path` as Parquet, with the times and doubles that AWS delivers there, dated a minute ago."""
    typed = [f"cast({name} as {kind}) as {name}" for kind, names in TYPED.items() for name in names.split()]
    empty = [f"cast(null as {kind}) as {name}" for kind, names in EMPTY.items() for name in names.split()]
    texts = COLUMNS.replace("null as", "cast(null as text) as")
    query = f"select * replace ({', '.join(typed)}), {', '.join(empty)} from (select {texts} from ({_rows(rows)}))"
    _write(path, query, "format parquet")


def _rows(rows: int) -> str:
    return ROWS.replace("$rows", str(rows))


def _write(path: Path, query: str, form: str) -> None:
    with duckdb.connect() as con:
        con.execute(f"copy ({query}) to '{path}' ({form})")
    written = time.time() - 60  # `load` leaves alone what changed a moment ago
    os.utime(path, (written, written))
