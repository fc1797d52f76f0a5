with

payments as (select * from {{ source('company', 'payments') }}),

final as (

    select
        payment_id,
        source,
        account,
        paid_on,
        coalesce(settles, 'payable') as settles,
        amount,
        currency,
        functional_amount
    from payments

)

select * from final
