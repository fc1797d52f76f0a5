{{ config(schema='intermediate', contract={'enforced': false}) }}

-- What the ledger should say of a period's cost: expense or asset where it is borne, liability or prepaid credit where
-- the bill is owed, and between two entities a receivable and a payable, so that each balances alone. Debit positive.
with

ruled as (select * from {{ ref('int_lines_ruled') }}),
rounded as (select * from {{ ref('int_lines_rounded') }}),

lines as (

    select
        ruled.*,
        ruled.event || '/' || ruled.treatment || '/' || coalesce(ruled.function, '') || ' ' || ruled.policy as rule,
        case when ruled.entity_id = ruled.paying_entity_id then ruled.event else 'chargeback' end as booked_event,
        ruled.entity_id <> ruled.paying_entity_id as is_charged_back,
        {%- for side in ['paid', 'borne'] %}
        {{ side }}.rounded_amount as {{ side }}_amount,
        {{ side }}.fx_rate as {{ side }}_rate,
        {{ side }}.fx_rate_type as {{ side }}_rate_type,
        {{ side }}.fx_rate_date as {{ side }}_rate_date,
        {{ side }}.fx_rate_source as {{ side }}_rate_source,
        {%- endfor %}
        billed.rounded_amount
    from ruled
    inner join rounded as billed on ruled.line_id = billed.line_id and ruled.currency = billed.to_currency
    inner join rounded as paid on ruled.line_id = paid.line_id and ruled.paying_currency = paid.to_currency
    inner join rounded as borne on ruled.line_id = borne.line_id and ruled.bearing_currency = borne.to_currency

),

{% set borne = {'entity': 'entity_id', 'other': 'paying_entity_id', 'currency': 'bearing_currency', 'side': 'borne'} -%}
{% set paid = {'entity': 'paying_entity_id', 'other': 'entity_id', 'currency': 'paying_currency', 'side': 'paid'} -%}
{% set legs = [
    dict(borne, account='debit_account', sign='', cost=true),
    dict(borne, account='payable_account', sign='-', cost=false),
    dict(paid, account='credit_account', sign='-', cost=false),
    dict(paid, account='receivable_account', sign='', cost=false),
] -%}

legs as (
    {% for leg in legs %}
    select
        paying_entity_id as origin_entity_id,
        {{ leg.entity }} as entity_id,
        period,
        period_end as posting_date,
        booked_event as event,
        'period_end' as cause,
        currency,
        {{ leg.account }} as account_id,
        {%- for column in ['cost_center_id', 'function', 'project_id', 'module_id'] %}
        {{ column if leg.cost else 'cast(null as string)' }} as {{ column }},
        {%- endfor %}
        source,
        account,
        {{ 'cast(null as string)' if leg.account == 'credit_account' else 'case when is_charged_back then ' ~ leg.other ~ ' end' }}
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
    {% if leg.account in ('receivable_account', 'payable_account') %}where is_charged_back{% endif %}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

final as (

    {{ summed_lines('legs') | indent(4) }}

)

select * from final
