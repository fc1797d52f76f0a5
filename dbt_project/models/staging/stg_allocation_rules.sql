with

allocation_rules as (select * from {{ source('company', 'allocation_rules') }}),

final as (

    select
        rule_id,
        priority,
        nullif(source, '') as source,
        nullif(account, '') as account,
        nullif(service_id, '') as service_id,
        nullif(sub_account, '') as sub_account,
        method,
        nullif(targets, '') as targets,
        valid_from,
        valid_to
    from allocation_rules

)

select * from final
