-- The parts that statements show sum to what the journal says: reported and adjusted to all lines of a month that was
-- closed, attributed, pool and adjustments to what a month books.
with

restated as (

    select
        service_period,
        entity_id,
        account_id,
        sum(reported + adjusted) as amount
    from {{ ref('rpt_restatement') }}
    group by service_period, entity_id, account_id

),

journal as (

    select
        service_period,
        entity_id,
        account_id,
        sum(debit - credit) as amount
    from {{ ref('fct_postings') }}
    group by service_period, entity_id, account_id

)

select
    restated.service_period as period,
    restated.entity_id,
    restated.amount as told,
    journal.amount as booked
from restated
left join journal
    on
        restated.service_period = journal.service_period
        and restated.entity_id = journal.entity_id
        and restated.account_id = journal.account_id
where restated.amount <> coalesce(journal.amount, 0)

union all

select
    period,
    entity_id,
    attributed + pool + adjusted as told,
    posted + draft as booked
from {{ ref('rpt_period_amounts') }}
where {{ in_build_periods() }} and (attributed + pool + adjusted <> total or posted + draft <> total)
