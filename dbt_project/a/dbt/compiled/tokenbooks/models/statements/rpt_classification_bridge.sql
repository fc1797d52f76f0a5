-- Management class against statutory treatment over the same shares: the cells sum to the cost of the period.
with

allocations as (

    select * from "w"."finance"."fct_allocations"
    where period in (select build_periods.period from "w"."lake"."build_periods" as build_periods)

),

final as (

    select
        period,
        entity_id,
        currency,
        mgmt_class,
        us_gaap_treatment,
        mgmt_reason as reason,
        sum(amount) as amount
    from allocations
    group by period, entity_id, currency, mgmt_class, us_gaap_treatment, mgmt_reason

)

select * from final