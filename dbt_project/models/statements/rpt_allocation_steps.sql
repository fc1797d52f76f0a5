-- How much of an entity's cost each step of the waterfall placed, and with which grade; shares of a total above 0. As
-- reported where the period is closed.
{%- set millionths = 'cast(' ~ whole_quotient(to_picos('amount') ~ ' * 1000000', to_picos('total')) ~ ' as decimal(18, 0))' %}

with

basis as (

    select * from {{ ref('rpt_allocation_basis') }}
    where {{ in_build_periods() }}

),

steps as (

    select
        period,
        entity_id,
        currency,
        step,
        grade,
        sum(allocations) as allocations,
        sum(amount) as amount
    from basis
    group by period, entity_id, currency, step, grade

),

totaled as (

    select
        *,
        sum(amount) over (partition by period, entity_id, currency) as total
    from steps

),

final as (

    select
        period,
        entity_id,
        currency,
        step,
        grade,
        cast(allocations as bigint) as allocations,
        cast(amount as decimal(38, 12)) as amount,
        cast(total as decimal(38, 12)) as total,
        -- in whole millionths, towards 0
        case when total > 0 then cast({{ millionths }} * 0.000001 as decimal(18, 6)) end as share
    from totaled

)

select * from final
