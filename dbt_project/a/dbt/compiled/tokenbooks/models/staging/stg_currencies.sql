with

currencies as (

    select * from "w"."lake"."currencies"

),

final as (

    select
        currency,
        minor_units
    from currencies

)

select * from final