{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- The legs of each entity's accrual: expense where the cost is borne, the liability where the bill is owed, and
-- between two entities a receivable and a payable, so that each balances alone. Debits are positive.
with

lines as (select * from {{ ref('int_lines_ruled') }}),

{% set sides = [
    {'entity': 'entity_id', 'account': 'expense_account', 'other': 'paying_entity_id', 'sign': '', 'cost': true},
    {'entity': 'paying_entity_id', 'account': 'liability_account', 'other': none, 'sign': '-', 'cost': false},
    {'entity': 'paying_entity_id', 'account': 'receivable_account', 'other': 'entity_id', 'sign': '', 'cost': false},
    {'entity': 'entity_id', 'account': 'payable_account', 'other': 'paying_entity_id', 'sign': '-', 'cost': false},
] -%}

legs as (
    {% for side in sides %}
    select
        period,
        period_end,
        currency,
        {{ side.entity }} as entity_id,
        {{ side.account }} as account_id,
        {{ 'cost_center_id' if side.cost else 'cast(null as string)' }} as cost_center_id,
        {{ 'function' if side.cost else 'cast(null as string)' }} as function,
        {% if side.other -%}
        case when is_charged_back then {{ side.other }} end as counterparty_entity_id,
        case when is_charged_back then 'chargeback' else 'accrual' end as cause,
        {%- else -%}
        cast(null as string) as counterparty_entity_id,
        'accrual' as cause,
        {%- endif %}
        {{ side.sign }}rounded_amount as amount
    from lines
    {% if side.account in ('receivable_account', 'payable_account') %}where is_charged_back{% endif %}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

final as (

    select
        period,
        period_end,
        currency,
        entity_id,
        account_id,
        cost_center_id,
        function,
        counterparty_entity_id,
        cause,
        cast(sum(amount) as decimal(28, 4)) as amount
    from legs
    group by period, period_end, currency, entity_id, account_id, cost_center_id, function, counterparty_entity_id, cause
    having sum(amount) <> 0

)

select * from final
