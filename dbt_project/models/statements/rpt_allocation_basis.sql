-- How cost was attributed, and what the work was for: by method and grade; as reported where the period is closed.
with

allocations as (

    select * from {{ ref('fct_allocations') }}
    where {{ in_build_periods() }}

),

reported as (select * from {{ ref('stg_reported_allocation_basis') }}),
placed as (select * from {{ ref('int_periods_placed') }}),

{% set grain = ['period', 'entity_id', 'currency', 'cost_center_id', 'project_id', 'activity', 'bearer_type', 'step', 'method',
    'grade'] -%}

summed as (

    select
        {{ grain | join(', ') }},
        cast(count(*) as bigint) as allocations,
        sum(amount) as amount
    from allocations
    group by {{ grain | join(', ') }}

),

final as (

    {{ as_reported('summed', 'reported', grain + ['allocations', 'amount']) | indent(4) }}

)

select * from final
