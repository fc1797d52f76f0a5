{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- From the bill to the journal in one row: billed, recognised, allocated, pooled, rounded.
with

charges as (

    select * from {{ ref('fct_charges') }}
    where {{ in_build_periods() }}

),

statement as (select * from {{ ref('int_costs_stated') }}),

billed as (

    select
        period,
        source,
        account,
        currency,
        count(*) as charge_rows,
        cast(sum(billed_cost) as decimal(38, 12)) as billed_cost,
        cast(sum(recognized_cost) as decimal(38, 12)) as recognized_cost
    from charges
    group by period, source, account, currency

),

borne as (

    select
        period,
        source,
        account,
        currency,
        cast(sum(case when bearer_type = 'pool' then 0 else amount end) as decimal(38, 12)) as allocated,
        cast(sum(case when bearer_type = 'pool' then amount else 0 end) as decimal(38, 12)) as pooled,
        cast(sum(amount_rounded) as decimal(28, 4)) as posted_rounded
    from statement
    group by period, source, account, currency

),

final as (

    select
        coalesce(billed.period, borne.period) as period,
        coalesce(billed.source, borne.source) as source,
        coalesce(billed.account, borne.account) as account,
        coalesce(billed.currency, borne.currency) as currency,
        coalesce(billed.charge_rows, 0) as charge_rows,
        coalesce(billed.billed_cost, 0) as billed_cost,
        coalesce(billed.recognized_cost, 0) as recognized_cost,
        coalesce(borne.allocated, 0) as allocated,
        coalesce(borne.pooled, 0) as pooled,
        coalesce(borne.posted_rounded, 0) as posted_rounded
    from billed
    full outer join borne
        on
            billed.period = borne.period
            and billed.source = borne.source
            and billed.account = borne.account
            and billed.currency = borne.currency

)

select * from final
