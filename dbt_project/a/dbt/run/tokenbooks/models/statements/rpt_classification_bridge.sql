
    
      
    

    create  table
      "w"."finance"."rpt_classification_bridge"
  
  (
    period TEXT not null,
    entity_id TEXT not null,
    currency TEXT not null,
    mgmt_class TEXT not null,
    us_gaap_treatment TEXT not null,
    reason TEXT not null,
    amount decimal(38, 12) not null
    
    )
 ;
    
    
    insert into "w"."finance"."rpt_classification_bridge" 
  (
    
      
      
      period ,
    
      
      
      entity_id ,
    
      
      
      currency ,
    
      
      
      mgmt_class ,
    
      
      
      us_gaap_treatment ,
    
      
      
      reason ,
    
      
      
      amount 
    
  )
 (
      
    select period, entity_id, currency, mgmt_class, us_gaap_treatment, reason, amount
    from (
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
    ) as model_subq
    );
  
  