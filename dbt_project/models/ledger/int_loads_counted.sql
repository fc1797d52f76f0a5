{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Which loads count in a period of an account, as one hash: of its charges, and of the use that attributes them.
with

coverage as (select * from {{ ref('stg_coverage') }}),
drivers as (select * from {{ ref('stg_drivers') }}),
periods as (select * from {{ ref('dim_periods') }}),

pieces as (

    select
        source,
        account,
        dataset,
        load_id,
        day_from,
        day_to
    from coverage
    where dataset = 'charges'

    union all

    select
        drivers.cost_source as source,
        drivers.cost_account as account,
        coverage.dataset,
        coverage.load_id,
        coverage.day_from,
        coverage.day_to
    from coverage
    inner join drivers on coverage.source = drivers.usage_source and coverage.account = drivers.usage_account
    where coverage.dataset = 'usage'

),

counted as (

    select
        periods.period,
        pieces.source,
        pieces.account,
        pieces.dataset,
        concat_ws(
            ':', pieces.load_id, cast(greatest(pieces.day_from, periods.start_date) as string),
            cast(least(pieces.day_to, periods.end_date) as string)
        ) as piece
    from pieces
    inner join periods on pieces.day_from < periods.end_date and pieces.day_to > periods.start_date

),

final as (

    select
        period,
        source,
        account,
        md5({{ sorted_texts("case when dataset = 'charges' then piece end") }}) as charge_loads_hash,
        md5({{ sorted_texts("case when dataset = 'usage' then piece end") }}) as usage_loads_hash
    from counted
    group by period, source, account

)

select * from final
