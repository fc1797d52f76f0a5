
    
      
    

    create  table
      "w"."finance"."fct_pool"
  
  (
    period TEXT not null,
    source TEXT not null,
    account TEXT not null,
    sub_account_id TEXT,
    model TEXT,
    pool_reason TEXT not null,
    charges bigint not null,
    amount decimal(38, 12) not null,
    currency TEXT not null,
    oldest_charge_date date not null
    
    )
 ;
    
    
    insert into "w"."finance"."fct_pool" 
  (
    
      
      
      period ,
    
      
      
      source ,
    
      
      
      account ,
    
      
      
      sub_account_id ,
    
      
      
      model ,
    
      
      
      pool_reason ,
    
      
      
      charges ,
    
      
      
      amount ,
    
      
      
      currency ,
    
      
      
      oldest_charge_date 
    
  )
 (
      
    select period, source, account, sub_account_id, model, pool_reason, charges, amount, currency, oldest_charge_date
    from (
        -- Cost that nobody bears yet, by what is missing; the base of rpt_unallocated, which adds its age.
with

allocations as (

    select * from "w"."finance"."fct_allocations"
    where period in (select build_periods.period from "w"."lake"."build_periods" as build_periods) and bearer_type = 'pool' and amount <> 0

),

charges as (

    select * from "w"."finance"."fct_charges"
    where period in (select build_periods.period from "w"."lake"."build_periods" as build_periods)

),

final as (

    select
        allocations.period,
        allocations.source,
        allocations.account,
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
        allocations.period, allocations.source, allocations.account, charges.sub_account_id, allocations.model,
        allocations.pool_reason, allocations.currency

)

select * from final
    ) as model_subq
    );
  
  