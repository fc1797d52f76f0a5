{{ config(schema='intermediate', contract={'enforced': false}) }}

-- What decides an asset's schedule, per period: cost added, life, start, impairment. History: a closed period keeps the
-- terms it was closed with, so the schedule can be computed from the first month again and no booked month changes.
with

assets as (select * from {{ ref('int_assets_ruled') }}),
lives as (select * from {{ ref('int_asset_lives') }}),
additions as (select * from {{ ref('int_asset_additions') }}),

projects as (

    select distinct
        project_id,
        entity_id
    from {{ ref('stg_projects') }}

),

-- In the currency of the project's entity, on whose books the module is.
impairments as (

    select
        changes.project_id,
        changes.module_id,
        projects.entity_id,
        {{ month_index('changes.effective_date') }} as month_index,
        sum(changes.amount) as impaired
    from {{ ref('stg_asset_changes') }} as changes
    inner join projects on changes.project_id = projects.project_id
    where changes.change = 'impairment'
    group by changes.project_id, changes.module_id, projects.entity_id, {{ month_index('changes.effective_date') }}

),

final as (

    select
        assets.*,
        {{ month_index('assets.period_end') }} as month_index,
        coalesce(additions.added, 0) as added,
        cast(coalesce(impairments.impaired, 0) as decimal(28, 4)) as impaired,
        case
            when lives.life_months is not null then lives.life_months
            else {{ stop_with(
                "'policies: no version for ' || assets.book || ' holds on '"
                ~ " || cast(coalesce(assets.ready_on, assets.period_end) as string) || ' to say how assets are amortised'"
            ) }}
        end as life_months,
        lives.life_basis,
        assets.ready_on is not null or assets.convention = 'mid_year' as is_ready,
        case assets.convention
            when 'mid_year' then cast(assets.tax_year as integer) * 12 + 7
            when 'full_month_next' then {{ month_index('assets.ready_on') }} + 1
            else {{ month_index('assets.ready_on') }}
        end as start_month,
        case when assets.convention = 'daily_actual' then coalesce(day(last_day(assets.ready_on)), 1) else 1 end
            as month_parts,
        case
            when assets.convention = 'daily_actual'
                then coalesce(day(last_day(assets.ready_on)) - day(assets.ready_on) + 1, 1)
            else 1
        end as first_parts
    from assets
    inner join lives on assets.asset_id = lives.asset_id and assets.period = lives.period
    left join additions on assets.asset_id = additions.asset_id and assets.period = additions.period
    left join impairments
        on
            assets.project_id = impairments.project_id
            and assets.module_id is not distinct from impairments.module_id
            and assets.entity_id = impairments.entity_id
            and assets.book <> 'TAX_US'
            and {{ month_index('assets.period_end') }} = impairments.month_index

)

select * from final
