with

statutory_rules as (select * from {{ source('company', 'statutory_rules') }}),

final as (

    select
        framework,
        policy_id,
        version,
        policy_hash,
        rule_order,
        rule_id,
        {%- for condition in var('rule_conditions') %}
        {{ condition }},
        {%- endfor %}
        service_from,
        service_to,
        without,
        require,
        readiness,
        treatment,
        function,
        reason_code
    from statutory_rules

)

select * from final
