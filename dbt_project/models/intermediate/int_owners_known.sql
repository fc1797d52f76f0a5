-- Each owner as the company knows it on the service date: person and spell, service and its rule, project, cost centre.
with

owners as (

    select distinct
        owner_key,
        {{ var('owner_columns') | join(', ') }}
    from {{ ref('int_case_owners') }}

),

employees as (select * from {{ ref('stg_employees') }}),
services as (select * from {{ ref('stg_services') }}),
projects as (select * from {{ ref('stg_projects') }}),
cost_centers as (select * from {{ ref('stg_cost_centers') }}),
service_rules as (select * from {{ ref('int_service_rules') }}),
rules as (select * from {{ ref('stg_allocation_rules') }}),

spells as (

    select
        owners.owner_key,
        max(employees.employee_key) as employee_key,
        max(case when {{ holds_on('employees', 'owners.service_date') }} then 1 else 0 end) as is_employed,
        max(case when employees.valid_to <= owners.service_date then employees.valid_to end) as left_on
    from owners
    inner join employees on owners.owner_type = 'employee' and owners.owner_id = employees.employee_id
    group by owners.owner_key

),

final as (

    select
        owners.*,
        spells.employee_key,
        spells.is_employed,
        spells.left_on,
        services.service_id as known_service_id,
        services.workload as service_workload,
        services.cost_center_id as service_cost_center_id,
        service_rules.rule_version as service_rule_version,
        coalesce(service_rules.method, rules.method) as rule_method,
        projects.project_id as known_project_id,
        projects.project_type,
        projects.cost_center_id as project_cost_center_id,
        cost_centers.cost_center_id as known_cost_center_id
    from owners
    left join spells on owners.owner_key = spells.owner_key
    left join services
        on
            owners.owner_type = 'service'
            and owners.owner_id = services.service_id
            and {{ holds_on('services', 'owners.service_date') }}
    left join service_rules
        on services.service_id = service_rules.service_id and owners.service_date = service_rules.service_date
    left join rules on owners.owner_type = 'rule' and owners.owner_id = rules.rule_version
    left join projects
        on
            case when owners.owner_type = 'project' then owners.owner_id else owners.project_id end = projects.project_id
            and {{ holds_on('projects', 'owners.service_date') }}
    left join cost_centers
        on
            owners.owner_type = 'cost_center'
            and owners.owner_id = cost_centers.cost_center_id
            and {{ holds_on('cost_centers', 'owners.service_date') }}

)

select * from final
