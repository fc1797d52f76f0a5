-- Cost that nobody bears yet, by what is missing; the base of rpt_unallocated, which adds its age.
with

allocations as (

    select * from {{ ref('fct_allocations') }}
    where {{ in_build_periods() }} and bearer_type = 'pool' and amount <> 0

),

charges as (

    select * from {{ ref('fct_charges') }}
    where {{ in_build_periods() }}

),

final as (

    select
        allocations.period,
        allocations.source,
        allocations.account,
        charges.entity_id,
        charges.sub_account_id,
        allocations.model,
        allocations.pool_reason,
        count(distinct allocations.charge_id) as charges,
        sum(allocations.amount) as amount,
        allocations.currency,
        min(allocations.charge_date) as oldest_charge_date
    from allocations
    inner join charges on allocations.charge_id = charges.charge_id
    group by
        allocations.period, allocations.source, allocations.account, charges.entity_id, charges.sub_account_id,
        allocations.model, allocations.pool_reason, allocations.currency

)

select * from final
