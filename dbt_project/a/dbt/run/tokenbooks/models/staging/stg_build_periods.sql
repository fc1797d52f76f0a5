
  
  create view "w"."staging"."stg_build_periods__dbt_tmp" as (
    with

build_periods as (

    select * from "w"."lake"."build_periods"

),

final as (

    select
        period,
        start_date,
        end_date
    from build_periods

)

select * from final
  );
