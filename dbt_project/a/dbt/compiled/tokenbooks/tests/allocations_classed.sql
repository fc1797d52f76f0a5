-- Every share has a class and a treatment that exist, and is in the pool with a reason or bears a cost centre.
select
    allocation_id,
    bearer_type,
    method,
    grade,
    mgmt_class,
    us_gaap_treatment
from "w"."finance"."fct_allocations"
where
    period in (select build_periods.period from "w"."lake"."build_periods" as build_periods)
    and (
        mgmt_class not in ('utility_opex', 'human_capital_capex')
        or bearer_type not in ('employee', 'service', 'project', 'cost_center', 'pool')
        or method not in ('direct', 'dedicated', 'metered', 'headcount', 'fixed', 'even', 'direct_cost', 'pool')
        or grade not in ('A', 'B', 'C', 'D', 'E')
        or ratio < 0
        or (bearer_type = 'pool') <> (cost_center_id is null)
        or (bearer_type = 'pool') <> (pool_reason is not null)
    )