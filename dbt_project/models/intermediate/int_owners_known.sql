-- Each owner as the company knows it on the service date: person and spell, service and its rule, project, cost centre.
with

owners as (

    select distinct
        owner_key,
        {{ var('owner_columns') | join(', ') }}
    from {{ ref('int_case_owners') }}

),

spells as (select * from {{ ref('int_owners_employed') }}),
keepers as (select * from {{ ref('stg_employees') }}),
services as (select * from {{ ref('stg_services') }}),
projects as (select * from {{ ref('stg_projects') }}),
cost_centers as (select * from {{ ref('int_cost_centers_meant') }}),
service_rules as (select * from {{ ref('int_service_rules') }}),
rules as (select * from {{ ref('stg_allocation_rules') }}),

final as (

    select
        owners.*,
        spells.employee_key,
        spells.is_employed,
        spells.left_on,
        spells.manager_id,
        services.service_id as known_service_id,
        services.workload as service_workload,
        -- a robot spends in somebody's name: nobody's, once that person is gone
        services.service_id is not null and keepers.employee_id is null as is_ownerless,
        service_rules.rule_version as service_rule_version,
        coalesce(service_rules.method, rules.method) as rule_method,
        projects.project_id as known_project_id,
        projects.project_type,
        -- a centre that was merged is meant to be the one that took over
        coalesce(
            cost_centers.meant_id,
            services.cost_center_id,
            case when owners.owner_type = 'project' then projects.cost_center_id end
        ) as own_cost_center_id
    from owners
    left join spells on owners.owner_key = spells.owner_key
    left join services
        on
            owners.owner_type = 'service'
            and owners.owner_id = services.service_id
            and {{ holds_on('services', 'owners.service_date') }}
    left join keepers
        on services.owner_employee_id = keepers.employee_id and {{ holds_on('keepers', 'owners.service_date') }}
    left join service_rules
        on services.service_id = service_rules.service_id and owners.service_date = service_rules.service_date
    left join rules on owners.owner_type = 'rule' and owners.owner_id = rules.rule_version
    left join projects
        on
            case when owners.owner_type = 'project' then owners.owner_id else owners.project_id end = projects.project_id
            and {{ holds_on('projects', 'owners.service_date') }}
    left join cost_centers
        on
            case owners.owner_type
                when 'service' then services.cost_center_id
                when 'project' then projects.cost_center_id
                when 'cost_center' then owners.owner_id
            end = cost_centers.cost_center_id
            and {{ holds_on('cost_centers', 'owners.service_date') }}

)

select * from final
