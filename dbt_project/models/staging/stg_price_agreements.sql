with

price_agreements as (select * from {{ source('company', 'price_agreements') }}),

final as (

    select
        source,
        account,
        model,
        token_class,
        {{ priced_tier('service_tier') }} as priced_tier,
        context_window,
        unit_quantity,
        unit_price,
        currency,
        valid_from,
        valid_to
    from price_agreements

)

select * from final
