-- The cost statement in minor units = the legs of the journal that bear the period's own cost, per entity, period,
-- currency, centre and function; and every hop from charge to posting ties out (rpt_reconciliation).
with

statement as (

    select
        period,
        entity_id,
        currency,
        cost_center_id,
        function,
        sum(amount_rounded) as amount
    from {{ ref('rpt_cost_statement') }}
    where {{ in_build_periods() }}
    group by period, entity_id, currency, cost_center_id, function
    having sum(amount_rounded) <> 0

),

journal as (

    select
        period,
        entity_id,
        currency,
        coalesce(cost_center_id, '(unallocated)') as cost_center_id,
        function,
        sum(debit) - sum(credit) as amount
    from {{ ref('fct_postings') }}
    where
        {{ in_build_periods() }} and service_period = period and {{ bears_cost() }}
    group by period, entity_id, currency, cost_center_id, function
    having sum(debit) <> sum(credit)

)

select
    coalesce(statement.period, journal.period) as period,
    coalesce(statement.cost_center_id, journal.cost_center_id) as cost_center_id,
    statement.amount as stated,
    journal.amount as posted
from statement
full outer join journal
    on
        statement.period = journal.period
        and statement.entity_id = journal.entity_id
        and statement.currency = journal.currency
        and statement.cost_center_id = journal.cost_center_id
        and statement.function = journal.function
where coalesce(statement.amount, 0) <> coalesce(journal.amount, 0)

union all

select
    period,
    source as cost_center_id,
    recognized_cost as stated,
    allocated + pooled as posted
from {{ ref('rpt_reconciliation') }}
where {{ in_build_periods() }} and difference <> 0
