-- The cost centres (and services that step down) over which an owner may be spread, with the weight of each.
with

spreads as (select * from {{ ref('int_spreads') }}),
assignments as (select * from {{ ref('stg_cost_center_assignments') }}),
headcount as (select * from {{ ref('int_headcount') }}),
cost_centers as (select * from {{ ref('stg_cost_centers') }}),
targets as (select * from {{ ref('int_rule_targets') }}),
direct_costs as (select * from {{ ref('int_direct_costs') }}),

final as (

    select spreads.*, assignments.cost_center_id, cast(null as string) as service_id, cast(assignments.share * 1000000 as bigint) as weight
    from spreads
    inner join assignments
        on spreads.spread_id = assignments.employee_id and {{ holds_on('assignments', 'spreads.spread_date') }}
    where spreads.spread_kind = 'employee'

    union all

    select spreads.*, headcount.cost_center_id, cast(null as string) as service_id, headcount.people as weight
    from spreads
    inner join headcount
        on spreads.spread_id = headcount.spread_id and spreads.spread_date = headcount.spread_date
    where spreads.spread_kind = 'headcount'

    union all

    select spreads.*, cost_centers.cost_center_id, cast(null as string) as service_id, 1 as weight
    from spreads
    inner join cost_centers on {{ holds_on('cost_centers', 'spreads.spread_date') }}
    where spreads.spread_kind = 'even'

    union all

    select spreads.*, targets.cost_center_id, targets.service_id, targets.weight
    from spreads
    inner join targets on spreads.spread_id = targets.rule_version
    where spreads.spread_kind = 'fixed'

    union all

    select spreads.*, direct_costs.cost_center_id, cast(null as string) as service_id, direct_costs.direct_cost as weight
    from spreads
    inner join direct_costs
        on
            spreads.spread_id = direct_costs.rule_version
            and spreads.spread_date >= direct_costs.start_date
            and spreads.spread_date < direct_costs.end_date
    where spreads.spread_kind = 'direct_cost'

)

select * from final
