
select
    posting_id,
    count(*) as times
from "w"."finance"."fct_postings"
where period in (select build_periods.period from "w"."lake"."build_periods" as build_periods)
group by posting_id
having count(*) > 1
