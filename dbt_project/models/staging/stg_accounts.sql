with

accounts as (select * from {{ source('company', 'accounts') }}),

final as (

    select
        source,
        account,
        entity_id
    from accounts

)

select * from final
