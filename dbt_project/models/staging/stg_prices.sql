with

prices as (select * from {{ source('lake', 'prices') }}),

final as (

    select
        model,
        token_class,
        service_tier as priced_tier,
        context_from,
        context_to,
        unit_price,
        {{ to_picos('unit_price') }} as unit_picos,
        by_hour,
        service_tier = 'standard' and context_from = 0 as weighs,
        valid_from,
        valid_to
    from prices

)

select * from final
