
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  -- What one entity may claim from another is what the other owes it: receivable = payable, per pair, period, currency.
with

sides as (

    select
        period,
        currency,
        least(entity_id, counterparty_entity_id) as one_entity_id,
        greatest(entity_id, counterparty_entity_id) as other_entity_id,
        sum(debit) - sum(credit) as balance
    from "w"."finance"."fct_postings"
    where period in (select build_periods.period from "w"."lake"."build_periods" as build_periods) and counterparty_entity_id is not null and function is null
    group by
        period, currency, least(entity_id, counterparty_entity_id), greatest(entity_id, counterparty_entity_id)

)

select * from sides
where balance <> 0
  
  
      
    ) dbt_internal_test