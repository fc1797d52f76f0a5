
    
      
    

    create  table
      "w"."finance"."dim_employees__dbt_tmp"
  
  (
    employee_key TEXT not null,
    worker_type TEXT,
    role_family TEXT,
    fte decimal(9, 6),
    valid_from date,
    valid_to date
    
    )
 ;
    
    
    insert into "w"."finance"."dim_employees__dbt_tmp" 
  (
    
      
      
      employee_key ,
    
      
      
      worker_type ,
    
      
      
      role_family ,
    
      
      
      fte ,
    
      
      
      valid_from ,
    
      
      
      valid_to 
    
  )
 (
      
    select employee_key, worker_type, role_family, fte, valid_from, valid_to
    from (
        -- Employees under a pseudonym; names and salaries are not in the warehouse finance reads.
with

employees as (

    select * from "w"."staging"."stg_employees"

),

final as (

    select
        employee_key,
        worker_type,
        role_family,
        cast(fte as decimal(9, 6)) as fte,
        valid_from,
        valid_to
    from employees

)

select * from final
    ) as model_subq
    );
  