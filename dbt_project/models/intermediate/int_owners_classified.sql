-- The management class of each owner and its treatment per framework, by the policies in force on the service date.
with

owners as (

    select distinct
        owner_key,
        service_date,
        owner_id,
        bearer_type,
        workload,
        activity,
        project_type,
        is_leaver
    from {{ ref('int_owner_shares') }}

),

employees as (select * from {{ ref('stg_employees') }}),
management_rules as (select * from {{ ref('stg_management_rules') }}),

described as (

    select
        owners.*,
        employees.worker_type,
        employees.role_family
    from owners
    left join employees
        on
            owners.bearer_type = 'employee'
            and owners.owner_id = employees.employee_id
            and {{ holds_on('employees', 'owners.service_date') }}

),

-- A rule holds where every condition it states is met; the first that holds decides.
matches as (

    select
        described.owner_key,
        management_rules.mgmt_class,
        management_rules.reason_code,
        management_rules.policy_id || '@' || cast(management_rules.version as string) as mgmt_policy,
        row_number() over (
            partition by described.owner_key
            order by management_rules.rule_order, management_rules.rule_id, management_rules.policy_id
        ) as match_rank
    from described
    inner join management_rules
        on
            described.service_date >= management_rules.effective_from
            and (management_rules.effective_to is null or described.service_date < management_rules.effective_to)
            {%- for condition in ['bearer_type', 'workload', 'worker_type', 'role_family', 'activity', 'project_type'] %}
            and (management_rules.{{ condition }} is null or management_rules.{{ condition }} = described.{{ condition }})
            {%- endfor %}

),

final as (

    select
        described.owner_key,
        -- spending by the key of somebody who left equips nobody, whatever the policy says of its cost centre
        case when described.is_leaver then 'utility_opex' else coalesce(matches.mgmt_class, 'utility_opex') end
            as mgmt_class,
        case when described.is_leaver then 'LEAVER_KEY' else coalesce(matches.reason_code, 'DEFAULT') end as mgmt_reason,
        coalesce(matches.mgmt_policy, 'none') as mgmt_policy
    from described
    left join matches on described.owner_key = matches.owner_key and matches.match_rank = 1

)

select * from final
