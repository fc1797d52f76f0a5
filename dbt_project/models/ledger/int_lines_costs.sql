{{ config(schema='intermediate', contract={'enforced': false}) }}

-- Lines of cost and treasury by posting period: what was posted or is reversed, and as drafts what is due beyond it.
with

due as (

    select * from {{ ref('int_due_costs') }}
    union all
    select * from {{ ref('int_due_treasury') }}

),

told as (

    select * from {{ ref('int_lines_posted') }}
    where event not in ('ready_for_use', 'amortization', 'impairment', 'fx')
    union all
    select * from {{ ref('int_lines_reversed') }}

),

placed as (select * from {{ ref('int_periods_placed') }}),
causes as (select * from {{ ref('int_causes') }}),
build_periods as (select * from {{ ref('stg_build_periods') }}),

final as (

    {{ booked_lines('due', 'told') | indent(4) }}

)

select * from final
