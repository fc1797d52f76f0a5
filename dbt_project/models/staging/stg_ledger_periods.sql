with

periods as (select * from {{ source('ledger', 'periods') }}),

final as (

    select
        entity_id,
        period,
        state
    from periods

)

select * from final
