-- The chart of accounts.
with

chart_of_accounts as (select * from {{ ref('stg_chart_of_accounts') }}),

final as (

    select
        account_id,
        account_name,
        account_type,
        natural_class
    from chart_of_accounts

)

select * from final
