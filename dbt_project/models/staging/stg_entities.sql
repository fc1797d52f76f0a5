with

entities as (select * from {{ source('company', 'entities') }}),

final as (

    select
        entity_id,
        name as entity_name,
        functional_currency
    from entities

)

select * from final
