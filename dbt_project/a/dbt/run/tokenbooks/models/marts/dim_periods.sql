
    
      
    

    create  table
      "w"."finance"."dim_periods"
  
  (
    period TEXT not null,
    start_date date not null,
    end_date date not null
    
    )
 ;
    
    
    insert into "w"."finance"."dim_periods" 
  (
    
      
      
      period ,
    
      
      
      start_date ,
    
      
      
      end_date 
    
  )
 (
      
    select period, start_date, end_date
    from (
        -- The calendar months that have been built.
with

build_periods as (

    select * from "w"."staging"."stg_build_periods"

),

final as (

    select
        period,
        start_date,
        end_date
    from build_periods

)

select * from final
    ) as model_subq
    );
  
  