-- The cost centres of each owner, and so who bears the cost: one row per owner and centre, one without centre for the pool.
with

owners as (select * from {{ ref('int_owners_placed') }}),
spread_centers as (select * from {{ ref('int_spread_centers') }}),
cost_centers as (select * from {{ ref('int_cost_centers_meant') }}),
latest as (select * from {{ ref('int_cost_centers_latest') }}),

located as (

    select
        owners.*,
        coalesce(owners.cost_center_id, spread_centers.cost_center_id) as bearing_cost_center_id,
        coalesce(spread_centers.center_before, 0) as center_before,
        coalesce(spread_centers.center_up_to, 1) as center_up_to,
        coalesce(spread_centers.center_total, 1) as center_total,
        case
            when owners.pool_reason is not null then owners.pool_reason
            when owners.cost_center_id is not null or spread_centers.cost_center_id is not null then null
            when owners.owner_type in ('service', 'rule') then 'no_driver'
            else 'no_cost_center'
        end as final_pool_reason
    from owners
    left join spread_centers
        on
            owners.spread_kind = spread_centers.spread_kind
            and owners.spread_id = spread_centers.spread_id
            and owners.spread_date = spread_centers.spread_date
            and owners.service_date = spread_centers.service_date

),

final as (

    select
        located.owner_key,
        located.service_date,
        case
            when located.final_pool_reason is not null then 'pool'
            when located.is_leaver or located.owner_type = 'rule' then 'cost_center'
            else located.owner_type
        end as bearer_type,
        case
            when located.final_pool_reason is not null then located.final_pool_reason
            when located.is_leaver or located.owner_type in ('rule', 'cost_center') then located.bearing_cost_center_id
            when located.owner_type = 'employee' then located.employee_key
            else located.owner_id
        end as bearer_id,
        located.owner_id,
        located.bearing_cost_center_id as cost_center_id,
        coalesce(cost_centers.entity_id, latest.entity_id) as entity_id,
        located.project_id,
        located.project_type,
        located.project_grade,
        located.activity,
        located.workload,
        located.is_leaver,
        -- a service shared by a rule: the owner is known, the centre is only driven
        case when located.owner_type = 'service' then located.spread_kind end as driver_method,
        case when located.spread_kind <> 'employee' then located.spread_id end as allocation_rule,
        located.final_pool_reason as pool_reason,
        located.center_before,
        located.center_up_to,
        located.center_total
    from located
    -- the entity of the day; of a centre that was closed since, the last one known
    left join cost_centers
        on
            located.bearing_cost_center_id = cost_centers.cost_center_id
            and {{ holds_on('cost_centers', 'located.service_date') }}
    left join latest on located.bearing_cost_center_id = latest.cost_center_id

)

select * from final
