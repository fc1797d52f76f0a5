{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- What monetary accounts hold in a foreign currency at each month's end, and at what it stands in the entity's own. Which
-- accounts are monetary say the posting rules of event fx; prepaid credit and software under construction are not.
with

lines as (select * from {{ ref('int_lines_costs') }}),
periods as (select * from {{ ref('dim_periods') }}),
posting_rules as (select * from {{ ref('stg_posting_rules') }}),
fx_policies as (select * from {{ ref('stg_fx_policies') }}),

{% set key = ['origin_entity_id', 'entity_id', 'currency', 'functional_currency', 'account_id', 'source', 'account',
    'counterparty_entity_id'] -%}

moved as (

    select
        {{ key | join(', ') }},
        period,
        sum(amount) as amount,
        sum(functional_amount) as functional_amount
    from lines
    where currency <> functional_currency
    group by {{ key | join(', ') }}, period

),

final as (

    select
        moved.{{ key | join(', moved.') }},
        periods.period,
        {{ day_before('periods.end_date') }} as day,
        max(posting_rules.debit_account) as gain_account,
        max(coalesce(fx_policies.days_back, 0)) as days_back,
        cast(sum(moved.amount) as decimal(28, 4)) as balance,
        cast(sum(moved.functional_amount) as decimal(28, 4)) as functional_balance
    from moved
    inner join periods on moved.period <= periods.period
    inner join posting_rules
        on
            posting_rules.event = 'fx'
            and moved.account_id = posting_rules.credit_account
            and {{ holds_on('posting_rules', day_before('periods.end_date')) }}
    left join fx_policies on {{ holds_on('fx_policies', day_before('periods.end_date')) }}
    group by moved.{{ key | join(', moved.') }}, periods.period, periods.end_date

)

select * from final
