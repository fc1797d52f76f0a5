with

prepaid_lots as (select * from {{ source('company', 'prepaid_lots') }}),

final as (

    select
        lot_id,
        source,
        account,
        kind,
        purchased_on,
        face_amount,
        cost_amount,
        currency,
        expires_on
    from prepaid_lots

)

select * from final
