{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- The loads behind the bill of an account in a month: those that state it, and those whose use attributes it.
with

charges as (

    select * from {{ ref('fct_charges') }}
    where {{ in_build_periods() }}

),

coverage as (select * from {{ ref('stg_coverage') }}),
drivers as (select * from {{ ref('stg_drivers') }}),
build_periods as (select * from {{ ref('stg_build_periods') }}),

billed as (

    select
        period,
        currency,
        source as cost_source,
        account,
        load_id,
        count(*) as charges,
        sum(billed_cost) as billed_cost
    from charges
    group by period, currency, source, account, load_id

),

used as (

    select distinct
        billed.period,
        billed.currency,
        billed.cost_source,
        billed.account,
        coverage.load_id
    from billed
    inner join drivers on billed.cost_source = drivers.cost_source and billed.account = drivers.cost_account
    inner join build_periods on billed.period = build_periods.period
    inner join coverage
        on
            drivers.usage_source = coverage.source
            and drivers.usage_account = coverage.account
            and build_periods.end_date > coverage.day_from
            and build_periods.start_date < coverage.day_to
    where coverage.dataset = 'usage'

),

final as (

    select
        *,
        'cost' as contributes
    from billed

    union all

    select
        *,
        cast(null as bigint) as charges,
        cast(null as decimal(38, 12)) as billed_cost,
        'use' as contributes
    from used

)

select * from final
