{{ config(schema='intermediate', contract={'enforced': false}) }}

-- What the ledger should say of a period's cost: expense or asset where it is borne, liability or prepaid credit where
-- the bill is owed, and between two entities a receivable and a payable, so that each balances alone. A cost centre that
-- receives the bill books it first and charges it on. Debit positive.
with

lines as (select * from {{ ref('int_costs_booked') }}),

{% set borne = {'entity': 'entity_id', 'currency': 'bearing_currency', 'side': 'borne'} -%}
{% set paid = {'entity': 'paying_entity_id', 'currency': 'paying_currency', 'side': 'paid'} -%}
{% set line = {'cost_center_id': 'cost_center_id', 'function': 'function', 'project_id': 'project_id',
    'module_id': 'module_id'} -%}
{% set holder = {'cost_center_id': 'held_center_id', 'function': 'holding_function'} -%}
{% set legs = [
    dict(borne, account='bearing_account', other='paying_entity_id', sign='', event='booked_event', bears=line),
    dict(borne, account='payable_account', other='paying_entity_id', sign='-', event='booked_event', where='is_charged_back'),
    dict(paid, account='credit_account', sign='-', event='owed_event'),
    dict(paid, account='receivable_account', other='entity_id', sign='', event='booked_event', where='is_charged_back'),
    dict(paid, account='holding_account', sign='', event='owed_event', bears=holder, where='is_held'),
    dict(paid, account='passed_on_account', sign='-', event='booked_event', bears=holder, where='is_held'),
] -%}

legs as (
    {% for leg in legs %}
    select
        paying_entity_id as origin_entity_id,
        {{ leg.entity }} as entity_id,
        period,
        period_end as posting_date,
        {{ leg.event }} as event,
        'period_end' as cause,
        currency,
        {{ leg.account }} as account_id,
        {%- for column in ['cost_center_id', 'function', 'project_id', 'module_id'] %}
        {{ (leg.bears or {}).get(column, 'cast(null as string)') }} as {{ column }},
        {%- endfor %}
        source,
        account,
        {{ 'case when is_charged_back then ' ~ leg.other ~ ' end' if leg.other else 'cast(null as string)' }}
            as counterparty_entity_id,
        {{ leg.sign }}rounded_amount as amount,
        {{ leg.currency }} as functional_currency,
        {{ leg.sign }}{{ leg.side }}_amount as functional_amount,
        {%- for column in ['rate', 'rate_type', 'rate_date', 'rate_source'] %}
        {{ leg.side }}_{{ column }} as fx_{{ column }},
        {%- endfor %}
        rule,
        policy_hash
    from lines
    {% if leg.where %}where {{ leg.where }}{% endif %}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

final as (

    {{ summed_lines('legs') | indent(4) }}

)

select * from final
