with

chart_of_accounts as (select * from {{ source('company', 'chart_of_accounts') }}),

final as (

    select
        account_id,
        name as account_name,
        account_type,
        natural_class
    from chart_of_accounts

)

select * from final
