
select
    charge_id,
    count(*) as times
from "w"."finance"."fct_charges"
where period in (select build_periods.period from "w"."lake"."build_periods" as build_periods)
group by charge_id
having count(*) > 1
