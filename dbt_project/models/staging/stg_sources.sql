with

sources as (select * from {{ source('lake', 'sources') }}),

final as (

    select
        source,
        title,
        provider,
        dataset,
        statement,
        rank as statement_rank
    from sources

)

select * from final
