with

drivers as (select * from {{ source('lake', 'drivers') }}),

final as (

    select
        cost_source,
        usage_source
    from drivers

)

select * from final
