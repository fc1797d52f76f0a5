
  
  create view "w"."staging"."stg_accounts__dbt_tmp" as (
    with

accounts as (

    select * from "w"."company"."accounts"

),

final as (

    select
        source,
        account,
        entity_id
    from accounts

)

select * from final
  );
