with

accounts as (select * from {{ source('company', 'accounts') }}),

final as (

    select
        source,
        account,
        entity_id,
        coalesce(invoiced_as, account) as invoiced_as,
        coalesce(tax_recoverable, 'false') as tax_recoverable,
        cost_center_id
    from accounts

)

select * from final
