
select
    entry_id,
    count(*) as times
from "w"."finance"."fct_journal_entries"
where period in (select build_periods.period from "w"."lake"."build_periods" as build_periods)
group by entry_id
having count(*) > 1
