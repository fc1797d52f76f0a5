
  
  create view "w"."staging"."stg_cost_center_assignments__dbt_tmp" as (
    with

cost_center_assignments as (

    select * from "w"."company"."cost_center_assignments"

),

final as (

    select
        employee_id,
        cost_center_id,
        share,
        valid_from,
        valid_to
    from cost_center_assignments

)

select * from final
  );
