{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Assets of the book that is kept in the periods being built, with the treatment that made them and the centre that bears
-- their amortisation: the project's, where it is of the same entity.
with

amortization as (

    select * from {{ ref('fct_amortization') }}
    where {{ in_build_periods() }}

),

settings as (select * from {{ ref('stg_settings') }}),
build_periods as (select * from {{ ref('stg_build_periods') }}),
projects as (select * from {{ ref('stg_projects') }}),
cost_centers as (select * from {{ ref('int_cost_centers_meant') }}),
latest as (select * from {{ ref('int_cost_centers_latest') }}),

final as (

    select
        amortization.*,
        {{ day_before('build_periods.end_date') }} as period_end,
        case amortization.asset_class when 'internal_use_software' then 'capitalise' else 'capitalise_cca_impl' end
            as treatment,
        case
            when amortization.entity_id = coalesce(cost_centers.entity_id, latest.entity_id)
                then coalesce(cost_centers.meant_id, latest.cost_center_id)
        end as cost_center_id,
        coalesce(cost_centers.function, latest.function) as function
    from amortization
    inner join settings on amortization.book = settings.book
    inner join build_periods on amortization.period = build_periods.period
    left join projects
        on
            amortization.project_id = projects.project_id
            and {{ holds_on('projects', day_before('build_periods.end_date')) }}
    -- as the centre is at the period's end; of a centre that was closed since, as it was last
    left join cost_centers
        on
            projects.cost_center_id = cost_centers.cost_center_id
            and {{ holds_on('cost_centers', day_before('build_periods.end_date')) }}
    left join latest on projects.cost_center_id = latest.cost_center_id

)

select * from final
