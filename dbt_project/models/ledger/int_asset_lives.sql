{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- The useful life of each asset in each period being built: that of the newest memo that holds by the period's end, the
-- policy's where there is none (E8), so that a memo never decides months before it. Tax law sets its own lives.
with

assets as (select * from {{ ref('int_assets_ruled') }}),

memos as (

    select
        project_id,
        module_id,
        life_memo_date as valid_from,
        useful_life_months as months,
        life_memo_ref as memo_ref,
        1 as source_rank
    from {{ ref('stg_modules') }}
    union all
    select
        project_id,
        module_id,
        effective_date as valid_from,
        months,
        memo_ref,
        0 as source_rank
    from {{ ref('stg_asset_changes') }}
    where change = 'useful_life'

),

known as (

    select
        assets.asset_id,
        assets.period,
        memos.months,
        memos.memo_ref,
        row_number() over (
            partition by assets.asset_id, assets.period
            order by memos.valid_from desc, memos.source_rank asc
        ) as memo_rank
    from assets
    inner join memos
        on
            assets.project_id = memos.project_id
            and assets.module_id is not distinct from memos.module_id
            and memos.months is not null
            and assets.period_end >= memos.valid_from
    where assets.book <> 'TAX_US'

),

final as (

    select
        assets.asset_id,
        assets.period,
        case when assets.asset_class = 'foreign_research' then 180 else coalesce(known.months, assets.policy_life) end
            as life_months,
        case
            when assets.asset_class = 'foreign_research' then 'IRC 174: 15 years from mid-year'
            else coalesce(known.memo_ref, assets.policy)
        end as life_basis
    from assets
    left join known on assets.asset_id = known.asset_id and assets.period = known.period and known.memo_rank = 1

)

select * from final
