
    
      
    

    create  table
      "w"."finance"."rpt_unallocated__dbt_tmp"
  
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
    oldest_charge_date date not null,
    as_of_date date,
    age_days integer
    
    )
 ;
    
    
    insert into "w"."finance"."rpt_unallocated__dbt_tmp" 
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
    
      
      
      oldest_charge_date ,
    
      
      
      as_of_date ,
    
      
      
      age_days 
    
  )
 (
      
    select period, source, account, sub_account_id, model, pool_reason, charges, amount, currency, oldest_charge_date, as_of_date, age_days
    from (
        

-- The pool with its age, counted to the last day that any provider's statement covers: no clock is asked.
with

pool as (

    select * from "w"."finance"."fct_pool"

),

covered as (

    select cast(max(day_to) - 1 as date) as as_of_date
    from "w"."staging"."stg_coverage"
    where dataset = 'charges'

),

final as (

    select
        pool.period,
        pool.source,
        pool.account,
        pool.sub_account_id,
        pool.model,
        pool.pool_reason,
        pool.charges,
        pool.amount,
        pool.currency,
        pool.oldest_charge_date,
        covered.as_of_date,
        cast(date_diff('day', pool.oldest_charge_date, covered.as_of_date) as integer) as age_days
    from pool
    cross join covered

)

select * from final
    ) as model_subq
    );
  