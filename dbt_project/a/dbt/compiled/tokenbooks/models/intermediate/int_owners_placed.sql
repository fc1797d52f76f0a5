-- What each owner is to the books on the service date: the bearer, and where the cost centre comes from.
with

owners as (

    select distinct
        owner_key,
        service_date, owner_type, owner_id, project_id, activity, tagged_workload, tagged_cost_center_id
    from "w"."intermediate"."int_case_owners"

),

employees as (

    select * from "w"."staging"."stg_employees"

),

services as (

    select * from "w"."staging"."stg_services"

),

projects as (

    select * from "w"."staging"."stg_projects"

),

cost_centers as (

    select * from "w"."staging"."stg_cost_centers"

),

service_rules as (

    select * from "w"."intermediate"."int_service_rules"

),

rules as (

    select * from "w"."staging"."stg_allocation_rules"

),

-- Of a person not employed on the day: before the first day nobody's, after a last day the last known centre's.
spells as (

    select
        owners.owner_key,
        max(employees.employee_key) as employee_key,
        max(case when (owners.service_date >= employees.valid_from and (employees.valid_to is null or owners.service_date < employees.valid_to)) then 1 else 0 end) as is_employed,
        max(case when employees.valid_to <= owners.service_date then employees.valid_to end) as left_on
    from owners
    inner join employees on owners.owner_type = 'employee' and owners.owner_id = employees.employee_id
    group by owners.owner_key

),

known as (

    select
        owners.*,
        spells.employee_key,
        spells.is_employed,
        spells.left_on,
        services.workload as service_workload,
        projects.project_type,
        case owners.owner_type
            when 'service' then services.cost_center_id
            when 'project' then projects.cost_center_id
            when 'cost_center' then owners.owner_id
        end as owner_cost_center_id,
        service_rules.rule_id as service_rule_id,
        service_rules.method as service_method,
        rules.method as rule_method,
        case
            when owners.owner_type = 'pool' then owners.owner_id
            when owners.owner_type = 'employee' and spells.owner_key is null then 'unknown_owner'
            when owners.owner_type = 'employee' and spells.is_employed = 0 and spells.left_on is null then 'pre_employment'
            when owners.owner_type = 'service' and services.service_id is null then 'unknown_owner'
            when
                owners.owner_type = 'service'
                and coalesce(owners.tagged_cost_center_id, services.cost_center_id) is null
                and service_rules.method = 'pool'
                then 'rule_pool'
            when owners.owner_type = 'project' and projects.project_id is null then 'unknown_owner'
            when owners.owner_type = 'cost_center' and cost_centers.cost_center_id is null then 'unknown_owner'
        end as pool_reason
    from owners
    left join spells on owners.owner_key = spells.owner_key
    left join services
        on
            owners.owner_type = 'service'
            and owners.owner_id = services.service_id
            and (owners.service_date >= services.valid_from and (services.valid_to is null or owners.service_date < services.valid_to))
    left join projects
        on
            coalesce(owners.project_id, case when owners.owner_type = 'project' then owners.owner_id end)
            = projects.project_id
            and (owners.service_date >= projects.valid_from and (projects.valid_to is null or owners.service_date < projects.valid_to))
    left join cost_centers
        on
            owners.owner_type = 'cost_center'
            and owners.owner_id = cost_centers.cost_center_id
            and (owners.service_date >= cost_centers.valid_from and (cost_centers.valid_to is null or owners.service_date < cost_centers.valid_to))
    left join service_rules
        on
            owners.owner_type = 'service'
            and owners.owner_id = service_rules.service_id
            and owners.service_date = service_rules.service_date
    left join rules on owners.owner_type = 'rule' and owners.owner_id = rules.rule_id

),

final as (

    select
        owner_key,
        service_date,
        owner_type,
        owner_id,
        employee_key,
        coalesce(project_id, case when owner_type = 'project' then owner_id end) as project_id,
        project_type,
        activity,
        coalesce(tagged_workload, service_workload) as workload,
        pool_reason,
        coalesce(owner_type = 'employee' and is_employed = 0 and pool_reason is null, false) as is_leaver,
        case when pool_reason is null then coalesce(tagged_cost_center_id, owner_cost_center_id) end as cost_center_id,
        case
            when pool_reason is not null or coalesce(tagged_cost_center_id, owner_cost_center_id) is not null then null
            when owner_type = 'service' then service_method
            when owner_type = 'rule' then rule_method
            when owner_type = 'employee' then 'employee'
        end as spread_kind,
        case when owner_type = 'service' then service_rule_id else owner_id end as spread_id,
        case when owner_type = 'employee' and is_employed = 0 then cast(left_on - 1 as date) else service_date end
            as spread_date
    from known

)

select * from final