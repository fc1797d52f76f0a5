{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Exports of an account that state what another states already, with a lower rank, for a month: what other it is. Of each
-- source the newest load; days of its own it may still have.
with

counted as (select * from {{ ref('int_exports_counted') }}),
loads as (select * from {{ ref('stg_loads') }}),
sources as (select * from {{ ref('stg_sources') }}),
build_periods as (select * from {{ ref('stg_build_periods') }}),

stating as (

    select
        loads.*,
        sources.statement,
        sources.statement_rank
    from loads
    inner join sources on loads.source = sources.source
    where sources.statement is not null

),

rivals as (

    select
        counted.period,
        counted.currency,
        counted.cost_source,
        counted.account,
        rivals.load_id,
        rivals.source,
        rivals.as_of,
        min_by(stating.source, stating.statement_rank) as stated_by
    from counted
    inner join build_periods on counted.period = build_periods.period
    inner join stating on counted.load_id = stating.load_id
    inner join stating as rivals
        on
            stating.statement = rivals.statement
            and stating.account = rivals.account
            and stating.dataset = rivals.dataset
            and stating.statement_rank < rivals.statement_rank
            and stating.window_from < rivals.window_to
            and stating.window_to > rivals.window_from
            and build_periods.start_date < rivals.window_to
            and build_periods.end_date > rivals.window_from
    group by
        counted.period, counted.currency, counted.cost_source, counted.account, rivals.load_id, rivals.source, rivals.as_of

),

final as (

    select
        *,
        row_number() over (
            partition by period, currency, cost_source, account, source order by as_of desc, load_id asc
        ) as newness
    from rivals

)

select * from final
