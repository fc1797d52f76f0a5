
    
      
    

    create  table
      "w"."finance"."dim_models__dbt_tmp"
  
  (
    model TEXT not null,
    provider TEXT,
    first_period TEXT not null,
    last_period TEXT not null
    
    )
 ;
    
    
    insert into "w"."finance"."dim_models__dbt_tmp" 
  (
    
      
      
      model ,
    
      
      
      provider ,
    
      
      
      first_period ,
    
      
      
      last_period 
    
  )
 (
      
    select model, provider, first_period, last_period
    from (
        -- The models that were ever charged, and who provides them.
with

statement as (

    select * from "w"."finance"."rpt_cost_statement"

),

final as (

    select
        model,
        min(provider) as provider,
        min(period) as first_period,
        max(period) as last_period
    from statement
    where model is not null
    group by model

)

select * from final
    ) as model_subq
    );
  