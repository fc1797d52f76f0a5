
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  -- Every entry balances, has two legs or more, and each leg one side; what the entry says it totals is what its legs sum to.
with

entries as (

    select * from "w"."finance"."fct_journal_entries"
    where period in (select build_periods.period from "w"."lake"."build_periods" as build_periods)

),

legs as (

    select
        entry_id,
        sum(debit) as debit,
        sum(credit) as credit,
        count(*) as lines,
        min(case when (debit = 0) = (credit = 0) or debit < 0 or credit < 0 then 0 else 1 end) as is_one_sided
    from "w"."finance"."fct_postings"
    where period in (select build_periods.period from "w"."lake"."build_periods" as build_periods)
    group by entry_id

)

select
    coalesce(entries.entry_id, legs.entry_id) as entry_id,
    entries.debit_total,
    entries.credit_total,
    legs.debit,
    legs.credit
from entries
full outer join legs on entries.entry_id = legs.entry_id
where
    entries.entry_id is null
    or legs.entry_id is null
    or legs.debit <> legs.credit
    or legs.debit <> entries.debit_total
    or legs.credit <> entries.credit_total
    or legs.lines <> entries.lines
    or legs.lines < 2
    or legs.is_one_sided = 0
  
  
      
    ) dbt_internal_test