with

sources as (

    select * from "w"."lake"."sources"

),

final as (

    select
        source,
        title,
        provider,
        dataset
    from sources

)

select * from final