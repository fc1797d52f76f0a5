{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- The lines of cost that a period's journal has, without amounts: one for each event, account of a provider, bearing
-- entity, treatment, function, cost centre, project and module.
with

costs as (select * from {{ ref('int_costs_totaled') }}),
build_periods as (select * from {{ ref('stg_build_periods') }}),

{% set line = ['line_id', 'period', 'paying_entity_id', 'entity_id', 'currency', 'paying_currency', 'bearing_currency',
    'source', 'account', 'event', 'treatment', 'function', 'cost_center_id', 'project_id', 'module_id', 'holding_center_id'] -%}

lines as (

    select
        {{ line | join(', ') }},
        max(book_policy) as policy
    from costs
    group by {{ line | join(', ') }}

),

final as (

    select
        lines.*,
        {{ day_before('build_periods.end_date') }} as period_end,
        concat_ws(
            '|', lines.entity_id, lines.function, coalesce(lines.cost_center_id, '(unallocated)'), lines.event,
            lines.treatment, coalesce(lines.project_id, ''), coalesce(lines.module_id, '')
        ) as line_order
    from lines
    inner join build_periods on lines.period = build_periods.period

)

select * from final
