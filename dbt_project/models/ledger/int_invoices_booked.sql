{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- What of each day's invoices is booked how, in minor units: cost that was accrued, the cents by which it differs from what
-- was billed (with the last invoice of a billing period), tax that no export stated, credit bought that is in no lot.
with

lines as (select * from {{ ref('int_invoice_lines') }}),
judged as (select * from {{ ref('rpt_invoice_reconciliation') }}),
billed as (select * from {{ ref('int_billed_totaled') }}),
lots as (select distinct source, account from {{ ref('stg_prepaid_lots') }}),
currencies as (select * from {{ ref('stg_currencies') }}),

bills as (

    select
        source,
        account,
        billing_period,
        currency,
        sum(billed_cost - billed_purchase) as amount
    from billed
    group by source, account, billing_period, currency

),

{% set is_tax = "lines.charge_category = 'Tax' and judged.tax_not_billed <> 0" -%}
{% set is_bought = "lines.charge_category = 'Purchase'" -%}
{% set bill = 'partition by days.source, days.account, days.currency, days.billing_period' -%}
{% set invoiced = 'sum(' ~ to_minor_units('days.cost', 'currencies.minor_units') ~ ') over (' ~ bill ~ ')' -%}
{% set day = ['entity_id', 'source', 'account', 'currency', 'billing_period', 'issue_date'] -%}

days as (

    select
        lines.{{ day | join(', lines.') }},
        max(lines.tax_recoverable) as tax_recoverable,
        max(lines.invoice_id) as invoice_id,
        max(case when judged.blocks_close then 1 else 0 end) as is_disputed,
        sum(case when {{ is_tax }} or {{ is_bought }} then 0 else lines.amount end) as cost,
        sum(case when {{ is_tax }} then lines.amount else 0 end) as tax,
        sum(case when {{ is_bought }} then lines.amount else 0 end) as bought
    from lines
    left join judged
        on
            lines.source = judged.source and lines.account = judged.account
            and lines.billing_period = judged.period and lines.currency = judged.currency
    where lines.source is not null
    group by lines.{{ day | join(', lines.') }}

),

final as (

    select
        days.*,
        {%- for name in ['cost', 'tax', 'bought'] %}
        {{ to_minor_units('days.' ~ name, 'currencies.minor_units') }} as {{ name }}_units,
        {%- endfor %}
        case
            when days.is_disputed = 1 then 0
            when row_number() over ({{ bill }} order by days.issue_date desc) = 1
                then {{ invoiced }} - {{ to_minor_units('bills.amount', 'currencies.minor_units') }}
            else 0
        end as difference_units,
        lots.source is not null as has_lots,
        {{ picos_in_minor_unit('currencies.minor_units') }} as pico
    from days
    left join currencies on days.currency = currencies.currency
    left join bills
        on
            days.source = bills.source and days.account = bills.account
            and days.billing_period = bills.billing_period and days.currency = bills.currency
    left join lots on days.source = lots.source and days.account = lots.account

)

select * from final
