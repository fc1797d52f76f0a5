
    
      
    

    create  table
      "w"."finance"."dim_cost_centers__dbt_tmp"
  
  (
    cost_center_id TEXT not null,
    cost_center_name TEXT,
    function TEXT,
    entity_id TEXT,
    parent_id TEXT,
    valid_from date,
    valid_to date
    
    )
 ;
    
    
    insert into "w"."finance"."dim_cost_centers__dbt_tmp" 
  (
    
      
      
      cost_center_id ,
    
      
      
      cost_center_name ,
    
      
      
      function ,
    
      
      
      entity_id ,
    
      
      
      parent_id ,
    
      
      
      valid_from ,
    
      
      
      valid_to 
    
  )
 (
      
    select cost_center_id, cost_center_name, function, entity_id, parent_id, valid_from, valid_to
    from (
        -- Cost centres with their function and entity.
with

cost_centers as (

    select * from "w"."staging"."stg_cost_centers"

),

final as (

    select
        cost_center_id,
        cost_center_name,
        function,
        entity_id,
        parent_id,
        valid_from,
        valid_to
    from cost_centers

)

select * from final
    ) as model_subq
    );
  