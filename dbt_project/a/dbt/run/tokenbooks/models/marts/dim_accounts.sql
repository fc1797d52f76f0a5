
    
      
    

    create  table
      "w"."finance"."dim_accounts__dbt_tmp"
  
  (
    account_id TEXT not null,
    account_name TEXT,
    account_type TEXT,
    natural_class TEXT
    
    )
 ;
    
    
    insert into "w"."finance"."dim_accounts__dbt_tmp" 
  (
    
      
      
      account_id ,
    
      
      
      account_name ,
    
      
      
      account_type ,
    
      
      
      natural_class 
    
  )
 (
      
    select account_id, account_name, account_type, natural_class
    from (
        -- The chart of accounts.
with

chart_of_accounts as (

    select * from "w"."staging"."stg_chart_of_accounts"

),

final as (

    select
        account_id,
        account_name,
        account_type,
        natural_class
    from chart_of_accounts

)

select * from final
    ) as model_subq
    );
  