-- The journal of a month's cost as one hand-written query: what an accountant's query does, without rates for other
-- currencies, assets, prepaid credit, what is posted already, evidence and ids.
create or replace table by_hand as
with costs as (
    select
        allocations.period, allocations.source, allocations.account, allocations.entity_id, allocations.currency,
        allocations.event, allocations.book_treatment as treatment, allocations.book_function as function,
        allocations.cost_center_id, allocations.project_id, allocations.module_id,
        coalesce(accounts.entity_id, '(unassigned)') as payer, max(allocations.book_policy) as policy,
        sum(allocations.amount) as amount
    from finance.fct_allocations as allocations
    left join company.accounts as accounts using (source, account)
    where allocations.period = '2026-10'
    group by all
),
floored as (
    select
        *,
        sign(sum(amount) over bill) * floor(abs(amount) * 100) as cents,
        round(sum(amount) over bill, 2) * 100 as bill_cents,
        abs(amount) * 100 - floor(abs(amount) * 100) as remainder
    from costs
    window bill as (partition by period, source, account, currency)
),
rounded as (
    select
        *,
        (cents + case
            when row_number() over (
                partition by period, source, account, currency
                order by remainder desc, concat_ws(
                    '|', entity_id, function, coalesce(cost_center_id, '(unallocated)'), event, treatment,
                    coalesce(project_id, ''), coalesce(module_id, '')
                )
            ) <= bill_cents - sum(cents) over (partition by period, source, account, currency) then 1 else 0
         end) * 0.01 as rounded_amount
    from floored
),
ruled as (
    select
        rounded.*, rounded.event || '/' || rounded.treatment || '/' || coalesce(rounded.function, '') || ' ' || policy as rule,
        rules.debit_account, rules.credit_account,
        chargeback.debit_account as receivable_account, chargeback.credit_account as payable_account
    from rounded
    inner join company.posting_rules as rules
        on
            rounded.event = rules.event
            and rounded.treatment = rules.treatment
            and (rounded.function = rules.function or nullif(rules.function, '') is null)
    left join company.posting_rules as chargeback on chargeback.event = 'chargeback' and rounded.entity_id <> rounded.payer
    qualify row_number() over (
        partition by rounded.period, rounded.source, rounded.account, rounded.currency, rounded.entity_id, rounded.event,
            rounded.treatment, rounded.function, rounded.cost_center_id, rounded.project_id, rounded.module_id
        order by nullif(rules.function, '') is null
    ) = 1
),
legs as (
    select entity_id, debit_account as account_id, cost_center_id, function, project_id, module_id, * exclude (
        entity_id, cost_center_id, function, project_id, module_id
    ), rounded_amount as signed from ruled
    union all by name
    select entity_id, payable_account as account_id, period, source, account, currency, rule,
        -rounded_amount as signed
    from ruled where entity_id <> payer
    union all by name
    select payer as entity_id, credit_account as account_id, period, source, account, currency, rule,
        -rounded_amount as signed
    from ruled
    union all by name
    select payer as entity_id, receivable_account as account_id, period, source, account, currency, rule,
        rounded_amount as signed
    from ruled where entity_id <> payer
)
select
    period, entity_id, account_id, cost_center_id, function, project_id, module_id, source, account, currency,
    cast(sum(signed) as decimal(28, 4)) as amount, max(rule) as rule
from legs
group by all
having sum(signed) <> 0
