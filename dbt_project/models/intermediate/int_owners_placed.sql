-- Where each owner's cost goes on the service date: one cost centre, a spread over several, or the pool with a reason.
with

owners as (

    select * from {{ ref('int_owners_known') }}

),

reasoned as (

    select
        *,
        coalesce(tagged_cost_center_id, own_cost_center_id) as one_cost_center_id,
        -- Of a person not employed on the day: before the first day nobody's, after the last day the manager's centre's.
        case
            when owner_type = 'pool' then owner_id
            when owner_type = 'employee' and employee_key is null then 'unknown_owner'
            when owner_type = 'employee' and is_employed = 0 and left_on is null then 'pre_employment'
            when owner_type = 'service' and known_service_id is null then 'unknown_owner'
            when owner_type = 'project' and known_project_id is null then 'unknown_owner'
            when owner_type = 'cost_center' and own_cost_center_id is null then 'unknown_owner'
            when
                owner_type = 'service'
                and rule_method = 'pool'
                and coalesce(tagged_cost_center_id, own_cost_center_id) is null
                then 'rule_pool'
        end as pool_reason
    from owners

),

final as (

    select
        owner_key,
        service_date,
        owner_type,
        owner_id,
        employee_key,
        case when owner_type = 'project' then owner_id else project_id end as project_id,
        project_type,
        project_grade,
        activity,
        coalesce(tagged_workload, service_workload) as workload,
        pool_reason,
        is_ownerless,
        coalesce(owner_type = 'employee' and is_employed = 0 and pool_reason is null, false) as is_leaver,
        case when pool_reason is null then one_cost_center_id end as cost_center_id,
        case
            when pool_reason is not null or one_cost_center_id is not null then null
            when owner_type in ('service', 'rule') then rule_method
            when owner_type = 'employee' then 'employee'
        end as spread_kind,
        case when owner_type = 'service' then service_rule_version else coalesce(manager_id, owner_id) end as spread_id,
        -- without a manager the centre of the last day
        case when is_employed = 0 and manager_id is null then {{ day_before('left_on') }} else service_date end as spread_date
    from reasoned

)

select * from final
