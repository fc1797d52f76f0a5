
  
  create view "w"."staging"."stg_fiscal_periods__dbt_tmp" as (
    with

fiscal_periods as (

    select * from "w"."company"."fiscal_periods"

),

final as (

    select
        entity_id,
        period,
        start_date,
        end_date
    from fiscal_periods

)

select * from final
  );
