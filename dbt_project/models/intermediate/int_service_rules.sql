-- How a service is shared on each day that anything has an owner: its own centre, else its rule, else by headcount.
with

service_dates as (

    select distinct service_date from {{ ref('int_case_owners') }}

),

services as (select * from {{ ref('stg_services') }}),
cost_centers as (select * from {{ ref('int_cost_centers_meant') }}),

service_days as (

    select
        services.service_id,
        services.cost_center_id,
        service_dates.service_date
    from services
    inner join service_dates on {{ holds_on('services', 'service_dates.service_date') }}

),

rules as (

    select * from {{ ref('stg_allocation_rules') }}
    where service_id is not null and method <> 'metered'

),

matches as (

    select
        service_days.service_id,
        service_days.service_date,
        service_days.cost_center_id,
        rules.rule_version,
        rules.method,
        row_number() over (
            partition by service_days.service_id, service_days.service_date
            order by rules.priority, rules.rule_id
        ) as match_rank
    from service_days
    left join rules
        on
            service_days.service_id = rules.service_id
            and {{ holds_on('rules', 'service_days.service_date') }}

),

final as (

    select
        matches.service_id,
        matches.service_date,
        coalesce(cost_centers.meant_id, matches.cost_center_id) as cost_center_id,
        coalesce(matches.rule_version, 'default') as rule_version,
        coalesce(matches.method, 'headcount') as method
    from matches
    left join cost_centers
        on
            matches.cost_center_id = cost_centers.cost_center_id
            and {{ holds_on('cost_centers', 'matches.service_date') }}
    where matches.match_rank = 1

)

select * from final
