with

sources as (select * from {{ source('lake', 'sources') }}),

final as (

    select
        source,
        title,
        provider,
        dataset
    from sources

)

select * from final
