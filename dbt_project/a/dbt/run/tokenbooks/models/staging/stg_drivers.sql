
  
  create view "w"."staging"."stg_drivers__dbt_tmp" as (
    with

drivers as (

    select * from "w"."lake"."drivers"

),

final as (

    select
        cost_source,
        usage_source
    from drivers

)

select * from final
  );
