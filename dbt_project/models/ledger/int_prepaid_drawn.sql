{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- What an account's use of a period drew from prepaid lots, at face and at cost.
with

days as (select * from {{ ref('int_prepaid_days') }}),

lots as (

    select
        source,
        account,
        currency,
        period,
        lot_id,
        sum(drawn_face) as drawn_face,
        sum(drawn_cost) as drawn_cost
    from days
    group by source, account, currency, period, lot_id

),

final as (

    select
        source,
        account,
        currency,
        period,
        cast(sum(drawn_face) as decimal(38, 12)) as drawn_face,
        cast(sum(drawn_cost) as decimal(28, 4)) as drawn_cost,
        {{ sorted_texts('lot_id') }} as lot_ids
    from lots
    group by source, account, currency, period

)

select * from final
