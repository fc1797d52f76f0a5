{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Each asset in each period being built, from the first cost on, with the policy that holds: the one in force on the day it
-- became ready, for its whole life, so that convention and rounding never change on the way (accounting.md 2.7).
with

assets as (

    {% set asset = 'asset_id, book, asset_class, entity_id, project_id, module_id, tax_year, account_id, currency' -%}
    select
        {{ asset }},
        min(period) as first_period
    from {{ ref('int_asset_additions') }}
    group by {{ asset }}

),

build_periods as (select * from {{ ref('stg_build_periods') }}),
ready as (select * from {{ ref('int_modules_ready') }}),
policies as (select * from {{ ref('stg_statutory_policies') }}),

-- What is known by the end of the period; a day still to come is not. Tax law knows no writing off (IRC 174(d)).
aged as (

    select
        assets.*,
        build_periods.period,
        {{ day_before('build_periods.end_date') }} as period_end,
        case when ready.ready_on < build_periods.end_date then ready.ready_on end as ready_on,
        assets.book <> 'TAX_US' and coalesce(ready.abandoned_on < build_periods.end_date, false) as is_abandoned
    from assets
    inner join build_periods on assets.first_period <= build_periods.period
    left join ready on assets.project_id = ready.project_id and assets.module_id is not distinct from ready.module_id

),

matches as (

    select
        aged.asset_id,
        aged.period,
        policies.*,
        row_number() over (
            partition by aged.asset_id, aged.period
            order by case when policies.entity is null then 1 else 0 end, policies.effective_from desc
        ) as match_rank
    from aged
    inner join policies
        on
            lower(aged.book) = policies.framework
            and (policies.entity is null or aged.entity_id = policies.entity)
            and coalesce(aged.ready_on, aged.period_end) >= policies.effective_from
            and (policies.effective_to is null or coalesce(aged.ready_on, aged.period_end) < policies.effective_to)

),

final as (

    select
        aged.*,
        matches.policy_id || '@' || cast(matches.version as string) as policy,
        matches.policy_hash,
        matches.life_months as policy_life,
        case aged.asset_class
            when 'foreign_research' then 'mid_year'
            when 'elected_research' then 'full_month_of_ready'
            else matches.start_convention
        end as convention,
        matches.amortisation_rounding as rounding,
        case when aged.book = 'TAX_US' then 'catch_up' else matches.true_up end as true_up
    from aged
    left join matches on aged.asset_id = matches.asset_id and aged.period = matches.period and matches.match_rank = 1

)

select * from final
