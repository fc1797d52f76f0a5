with

management_rules as (select * from {{ source('company', 'management_rules') }}),

final as (

    select
        policy_id,
        version,
        policy_hash,
        effective_from,
        effective_to,
        rule_order,
        rule_id,
        bearer_type,
        workload,
        worker_type,
        role_family,
        activity,
        project_type,
        mgmt_class,
        reason_code
    from management_rules

)

select * from final
