{{ config(materialized='view') }}

-- Charges with what people and centres bear of them: the cost stated, or what the prepaid credit it was paid from had cost.
with

charges as (select * from {{ ref('stg_charges') }}),
discounts as (select * from {{ ref('int_charges_discounted') }}),

final as (

    select
        charges.*,
        cast(charges.stated_cost - coalesce(discounts.discount, 0) as decimal(28, 12)) as recognized_cost
    from charges
    left join discounts on charges.charge_id = discounts.charge_id

)

select * from final
