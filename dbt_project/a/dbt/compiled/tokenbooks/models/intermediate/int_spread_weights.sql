-- Over which cost centres an owner is spread, and with which running weights, in order of cost centre.
with

spreads as (

    select distinct
        spread_kind,
        spread_id,
        spread_date
    from "w"."intermediate"."int_owners_placed"
    where spread_kind is not null

),

rules as (

    select * from "w"."staging"."stg_allocation_rules"

),

targets as (

    select * from "w"."intermediate"."int_rule_targets"

),

assignments as (

    select * from "w"."staging"."stg_cost_center_assignments"

),

headcount as (

    select * from "w"."intermediate"."int_headcount"

),

direct_costs as (

    select
        build_periods.start_date,
        build_periods.end_date,
        direct_costs.source,
        direct_costs.account,
        direct_costs.cost_center_id,
        direct_costs.direct_cost
    from "w"."intermediate"."int_direct_costs" as direct_costs
    inner join "w"."staging"."stg_build_periods" as build_periods on direct_costs.period = build_periods.period

),

cost_centers as (

    select * from "w"."staging"."stg_cost_centers"

),

-- The people of a centre are the default driver; a rule may name its centres, or take them all.
candidates as (

    select
        spreads.spread_kind,
        spreads.spread_id,
        spreads.spread_date,
        assignments.cost_center_id,
        cast(assignments.share * 1000000 as bigint) as weight
    from spreads
    inner join assignments
        on spreads.spread_id = assignments.employee_id and (spreads.spread_date >= assignments.valid_from and (assignments.valid_to is null or spreads.spread_date < assignments.valid_to))
    where spreads.spread_kind = 'employee'

    union all

    select
        spreads.spread_kind,
        spreads.spread_id,
        spreads.spread_date,
        headcount.cost_center_id,
        headcount.people as weight
    from spreads
    inner join headcount on spreads.spread_date = headcount.service_date
    where spreads.spread_kind = 'headcount'

    union all

    select
        spreads.spread_kind,
        spreads.spread_id,
        spreads.spread_date,
        cost_centers.cost_center_id,
        1 as weight
    from spreads
    inner join cost_centers on (spreads.spread_date >= cost_centers.valid_from and (cost_centers.valid_to is null or spreads.spread_date < cost_centers.valid_to))
    where spreads.spread_kind = 'even'

    union all

    select
        spreads.spread_kind,
        spreads.spread_id,
        spreads.spread_date,
        targets.cost_center_id,
        targets.weight
    from spreads
    inner join targets on spreads.spread_id = targets.rule_id
    where spreads.spread_kind = 'fixed'

    union all

    select
        spreads.spread_kind,
        spreads.spread_id,
        spreads.spread_date,
        direct_costs.cost_center_id,
        direct_costs.direct_cost as weight
    from spreads
    inner join rules on spreads.spread_id = rules.rule_id
    inner join direct_costs
        on
            coalesce(rules.source, '*') in ('*', direct_costs.source)
            and coalesce(rules.account, '*') in ('*', direct_costs.account)
            and spreads.spread_date >= direct_costs.start_date
            and spreads.spread_date < direct_costs.end_date
    where spreads.spread_kind = 'direct_cost'

),

targeted as (

    select distinct rule_id from targets

),

weights as (

    select
        candidates.spread_kind,
        candidates.spread_id,
        candidates.spread_date,
        candidates.cost_center_id,
        cast(sum(candidates.weight) as hugeint) as weight
    from candidates
    left join targeted on candidates.spread_kind <> 'employee' and candidates.spread_id = targeted.rule_id
    left join targets
        on targeted.rule_id = targets.rule_id and candidates.cost_center_id = targets.cost_center_id
    where targeted.rule_id is null or targets.rule_id is not null
    group by candidates.spread_kind, candidates.spread_id, candidates.spread_date, candidates.cost_center_id

),

final as (

    select
        spread_kind,
        spread_id,
        spread_date,
        cost_center_id,
        sum(weight) over spread_in_order - weight as center_before,
        sum(weight) over spread_in_order as center_up_to,
        sum(weight) over spread_whole as center_total
    from weights
    where weight > 0
    window
        spread_whole as (partition by spread_kind, spread_id, spread_date),
        spread_in_order as (
            partition by spread_kind, spread_id, spread_date
            order by cost_center_id
            rows between unbounded preceding and current row
        )

)

select * from final