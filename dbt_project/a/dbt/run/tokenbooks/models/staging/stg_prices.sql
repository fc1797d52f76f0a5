
  
  create view "w"."staging"."stg_prices__dbt_tmp" as (
    with

prices as (

    select * from "w"."lake"."prices"

),

final as (

    select
        model,
        token_class,
        unit_price,
        valid_from,
        valid_to
    from prices

)

select * from final
  );
