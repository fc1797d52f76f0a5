with

sources as (select * from {{ source('lake', 'sources') }}),
settings as (select * from {{ source('company', 'settings') }}),

final as (

    select
        sources.source,
        sources.title,
        sources.provider,
        sources.dataset,
        sources.statement,
        sources.rank as statement_rank,
        cast(settings.value as decimal(18, 4)) as usage_tolerance
    from sources
    left join settings on settings.key = concat('tolerance_', sources.source)

)

select * from final
