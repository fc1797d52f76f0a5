with

posting_periods as (select * from {{ source('ledger', 'posting_periods') }}),

final as (

    select
        entity_id,
        period
    from posting_periods

)

select * from final
