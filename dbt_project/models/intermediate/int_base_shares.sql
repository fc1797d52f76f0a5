-- The shares of every case that finds its own bearers: owner and cost centre, with exact weights.
with

charge_cases as (select * from {{ ref('int_charge_cases') }}),
case_owners as (select * from {{ ref('int_case_owners') }}),
owner_shares as (select * from {{ ref('int_owner_shares') }}),
settings as (select * from {{ ref('stg_settings') }}),
accounts as (select * from {{ ref('int_accounts_owned') }}),

final as (

    select
        charge_cases.case_id,
        case_owners.owner_key,
        coalesce(owner_shares.entity_id, accounts.entity_id) as entity_id,
        {%- for column in ['bearer_type', 'bearer_id', 'cost_center_id', 'project_id', 'activity', 'workload'] %}
        owner_shares.{{ column }},
        {%- endfor %}
        case
            when owner_shares.bearer_type = 'pool' then 'pool'
            when case_owners.method = 'dedicated' and owner_shares.driver_method is not null then 'driver'
            when case_owners.method in ('direct', 'dedicated', 'metered') then case_owners.method
            else 'driver'
        end as step,
        case
            when owner_shares.bearer_type = 'pool' then 'pool'
            when case_owners.method = 'dedicated' then coalesce(owner_shares.driver_method, 'dedicated')
            else case_owners.method
        end as method,
        case
            when owner_shares.bearer_type = 'pool' then 'E'
            when owner_shares.driver_method is not null then greatest(case_owners.grade, 'D')
            else case_owners.grade
        end as grade,
        owner_shares.allocation_rule,
        owner_shares.pool_reason,
        -- the attribution grades of accounting.md section 2.3: what is metered or driven is no better for its project
        case
            when owner_shares.bearer_type = 'pool' or owner_shares.project_id is null then 'E'
            when case_owners.method = 'metered' then greatest(owner_shares.project_grade, 'C')
            when case_owners.grade >= 'D' or owner_shares.driver_method is not null
                then greatest(owner_shares.project_grade, 'D')
            else owner_shares.project_grade
        end as project_grade,
        {{ json_text('charge_cases.tags', 'settings.tag_module') }} as tagged_module_id,
        owner_shares.is_leaver,
        case_owners.owner_before,
        case_owners.owner_up_to,
        case_owners.owner_total,
        owner_shares.center_before,
        owner_shares.center_up_to,
        owner_shares.center_total
    from charge_cases
    inner join case_owners on charge_cases.case_id = case_owners.case_id
    inner join owner_shares on case_owners.owner_key = owner_shares.owner_key
    cross join settings
    left join accounts on charge_cases.source = accounts.source and charge_cases.account = accounts.account

)

select * from final
