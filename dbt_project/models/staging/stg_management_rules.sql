with

management_rules as (select * from {{ source('company', 'management_rules') }}),

final as (

    select
        policy_id,
        version,
        policy_hash,
        entity,
        effective_from,
        effective_to,
        rule_order,
        rule_id,
        {%- for condition in var('rule_conditions') %}
        {{ condition }},
        {%- endfor %}
        service_from,
        service_to,
        amount_per_day,
        amount_per_period,
        currency,
        mgmt_class,
        reason_code
    from management_rules

)

select * from final
