{{ config(materialized='view') }}

-- Metered use by day and by what a price depends on, beside each bill that it drives and that states the day: exports that
-- state one bill share its days, so no work is expected twice of it. Use that no bill states stands under its own name.
{% set measured = ['service_date', 'model', 'token_class', 'service_tier', 'context_window', 'unit'] -%}

with

usage_totals as (select * from {{ ref('int_usage_totals') }}),
drivers as (select * from {{ ref('stg_drivers') }}),
coverage as (select * from {{ ref('stg_coverage') }}),

uses as (

    select
        source,
        account,
        {{ measured | join(', ') }},
        sum(quantity) as quantity
    from usage_totals
    group by source, account, {{ measured | join(', ') }}

),

bills as (

    select distinct
        drivers.*,
        coverage.day_from,
        coverage.day_to
    from drivers
    inner join coverage on drivers.cost_source = coverage.source and drivers.cost_account = coverage.account
    where coverage.dataset = 'charges'

),

final as (

    select
        coalesce(bills.cost_source, uses.source) as source,
        coalesce(bills.cost_account, uses.account) as account,
        case when bills.cost_source is null then 'no_bill' when bills.is_elsewhere then 'elsewhere' else 'own' end as metered,
        uses.source as usage_source,
        uses.account as usage_account,
        {{ month_of('uses.service_date') }} as period,
        {{ prefixed('uses', measured) }},
        {{ priced_tier('uses.service_tier') }} as priced_tier,
        {{ context_bound('uses.context_window', 0) }} as context_from,
        {{ context_bound('uses.context_window', 1) }} as context_to,
        uses.quantity
    from uses
    left join bills
        on
            uses.source = bills.usage_source
            and uses.account = bills.usage_account
            and uses.service_date >= bills.day_from
            and uses.service_date < bills.day_to

)

select * from final
