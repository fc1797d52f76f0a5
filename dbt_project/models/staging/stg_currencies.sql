with

currencies as (select * from {{ source('lake', 'currencies') }}),

final as (

    select
        currency,
        minor_units
    from currencies

)

select * from final
