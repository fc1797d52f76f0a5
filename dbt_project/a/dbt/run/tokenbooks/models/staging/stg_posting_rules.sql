
  
  create view "w"."staging"."stg_posting_rules__dbt_tmp" as (
    with

posting_rules as (

    select * from "w"."company"."posting_rules"

),

final as (

    select
        event,
        nullif(treatment, '') as treatment,
        nullif(function, '') as function,
        debit_account,
        credit_account,
        valid_from,
        valid_to
    from posting_rules

)

select * from final
  );
