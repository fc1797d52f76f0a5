{{ config(schema='intermediate', contract={'enforced': false}) }}

-- Lines of capitalised software by posting period: what was posted, and as drafts what is due beyond it.
with

due as (select * from {{ ref('int_due_assets') }}),

posted as (

    select * from {{ ref('int_lines_posted') }}
    where event in ('ready_for_use', 'amortization', 'impairment')

),

placed as (select * from {{ ref('int_periods_placed') }}),
causes as (select * from {{ ref('int_causes') }}),
build_periods as (select * from {{ ref('stg_build_periods') }}),

final as (

    {{ booked_lines('due', 'posted') | indent(4) }}

)

select * from final
