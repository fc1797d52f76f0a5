with

prices as (select * from {{ source('lake', 'prices') }}),

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
