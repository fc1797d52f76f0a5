
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  -- The shares of every charge sum to its recognised cost exactly, and their ratios to 1. A charge without shares fails.
with

charges as (

    select
        charge_id,
        currency,
        recognized_cost
    from "w"."finance"."fct_charges"
    where period in (select build_periods.period from "w"."lake"."build_periods" as build_periods)

),

shared as (

    select
        charge_id,
        currency,
        sum(amount) as amount,
        sum(ratio) as ratio
    from "w"."finance"."fct_allocations"
    where period in (select build_periods.period from "w"."lake"."build_periods" as build_periods)
    group by charge_id, currency

)

select
    coalesce(charges.charge_id, shared.charge_id) as charge_id,
    charges.recognized_cost,
    shared.amount,
    shared.ratio
from charges
full outer join shared on charges.charge_id = shared.charge_id and charges.currency = shared.currency
where
    charges.charge_id is null
    or shared.charge_id is null
    or charges.recognized_cost <> shared.amount
    or shared.ratio <> 1
  
  
      
    ) dbt_internal_test