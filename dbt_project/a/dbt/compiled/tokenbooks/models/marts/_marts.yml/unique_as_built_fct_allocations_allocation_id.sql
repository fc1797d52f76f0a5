
select
    allocation_id,
    count(*) as times
from "w"."finance"."fct_allocations"
where period in (select build_periods.period from "w"."lake"."build_periods" as build_periods)
group by allocation_id
having count(*) > 1
