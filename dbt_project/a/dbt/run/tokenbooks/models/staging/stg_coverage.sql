
  
  create view "w"."staging"."stg_coverage__dbt_tmp" as (
    with

coverage as (

    select * from "w"."lake"."coverage"

),

final as (

    select
        load_id,
        source,
        account,
        dataset,
        day_from,
        day_to
    from coverage

)

select * from final
  );
