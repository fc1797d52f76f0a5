with

posting_rules as (select * from {{ source('company', 'posting_rules') }}),

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
