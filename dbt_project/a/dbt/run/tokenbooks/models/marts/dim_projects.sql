
    
      
    

    create  table
      "w"."finance"."dim_projects__dbt_tmp"
  
  (
    project_id TEXT not null,
    project_name TEXT,
    entity_id TEXT,
    project_type TEXT,
    cost_center_id TEXT,
    location_of_work TEXT,
    valid_from date,
    valid_to date
    
    )
 ;
    
    
    insert into "w"."finance"."dim_projects__dbt_tmp" 
  (
    
      
      
      project_id ,
    
      
      
      project_name ,
    
      
      
      entity_id ,
    
      
      
      project_type ,
    
      
      
      cost_center_id ,
    
      
      
      location_of_work ,
    
      
      
      valid_from ,
    
      
      
      valid_to 
    
  )
 (
      
    select project_id, project_name, entity_id, project_type, cost_center_id, location_of_work, valid_from, valid_to
    from (
        -- Projects and what kind of software they make.
with

projects as (

    select * from "w"."staging"."stg_projects"

),

final as (

    select
        project_id,
        project_name,
        entity_id,
        project_type,
        cost_center_id,
        location_of_work,
        valid_from,
        valid_to
    from projects

)

select * from final
    ) as model_subq
    );
  