{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- What an invoice has beyond the accrual — tax that is not claimed back, cents of difference — over the cost lines of its
-- billing period on the books of who owes it, by largest remainder (accounting.md EX-25). Without such lines: the pool.
with

facts as (

    select * from {{ ref('int_invoice_facts') }}
    where by_slice

),

due as (select * from {{ ref('int_due_costs') }}),
posting_rules as (select * from {{ ref('stg_posting_rules') }}),

costs as (

    select
        entity_id,
        period,
        source,
        account,
        currency,
        account_id,
        cost_center_id,
        function,
        project_id,
        module_id,
        {{ to_picos('sum(amount)') }} as weight
    from due
    where origin_entity_id = entity_id and function is not null and account_id is not null
    group by
        entity_id, period, source, account, currency, account_id, cost_center_id, function, project_id, module_id
    having sum(amount) > 0

),

weighed as (

    select
        facts.*,
        coalesce(costs.account_id, pool.debit_account) as account_id,
        costs.cost_center_id,
        coalesce(costs.function, 'unallocated') as function,
        costs.project_id,
        costs.module_id,
        coalesce(costs.weight, 1) as weight,
        facts.event || '|' || facts.entity_id || '|' || facts.source || '|' || facts.account || '|' || facts.currency || '|'
        || facts.billing_period || '|' || cast(facts.day as string) as fact_id
    from facts
    left join costs
        on
            facts.entity_id = costs.entity_id and facts.billing_period = costs.period
            and facts.source = costs.source and facts.account = costs.account and facts.currency = costs.currency
    left join posting_rules as pool
        on
            pool.event = 'accrual' and pool.treatment = 'expense' and pool.function = 'unallocated'
            and {{ holds_on('pool', 'facts.day') }}

),

final as (

    select
        weighed.*,
        concat_ws('|', account_id, coalesce(cost_center_id, ''), function, coalesce(project_id, ''), coalesce(module_id, ''))
            as slice_order,
        {{ share_of('units', 'pico', 'weight', 'partition by fact_id') }} as units_share,
        {{ share_of('functional_units', 'functional_pico', 'weight', 'partition by fact_id') }} as functional_units_share
    from weighed

)

select * from final
