with

allocation_rules as (select * from {{ source('company', 'allocation_rules') }}),

final as (

    select
        rule_id,
        -- a rule changes by a new row: this names the row, whatever its dates
        rule_id || '@' || substr({{ row_key(['rule_id', 'priority', 'source', 'account', 'service_id', 'sub_account',
            'method', 'targets', 'basis', 'on_date', 'valid_from', 'valid_to', 'approved_by']) }}, 1, 12) as rule_version,
        priority,
        nullif(source, '') as source,
        nullif(account, '') as account,
        nullif(service_id, '') as service_id,
        nullif(sub_account, '') as sub_account,
        method,
        nullif(targets, '') as targets,
        coalesce(nullif(basis, ''), 'heads') as basis,
        on_date,
        valid_from,
        valid_to
    from allocation_rules

)

select * from final
