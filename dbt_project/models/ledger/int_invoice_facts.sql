{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- What invoices have to say in the journal, in the bill's currency and, at the rate of the day of issue, the entity's own:
-- `by_slice` follows the cost of its billing period, all else has accounts of its own.
with

booked as (select * from {{ ref('int_invoices_booked') }}),
entities as (select * from {{ ref('stg_entities') }}),
rates as (select * from {{ ref('int_fx_transacted') }}),
currencies as (select * from {{ ref('stg_currencies') }}),

{% set facts = [
    {'event': 'invoice', 'treatment': none, 'by_slice': false, 'units': 'cost_units - difference_units', 'when': '1 = 1'},
    {'event': 'invoice', 'treatment': none, 'by_slice': true, 'units': 'difference_units', 'when': '1 = 1'},
    {'event': 'tax', 'treatment': none, 'by_slice': true, 'units': 'tax_units', 'when': "tax_recoverable <> 'true'"},
    {'event': 'tax', 'treatment': 'tax_asset', 'by_slice': false, 'units': 'tax_units', 'when': "tax_recoverable = 'true'"},
    {'event': 'prepaid_purchase', 'treatment': 'prepaid', 'by_slice': false, 'units': 'bought_units',
        'when': 'not has_lots'},
] -%}

facts as (
    {% for fact in facts %}
    select
        '{{ fact.event }}' as event,
        {{ "'" ~ fact.treatment ~ "'" if fact.treatment else 'cast(null as string)' }} as treatment,
        {{ fact.by_slice }} as by_slice,
        entity_id,
        source,
        account,
        currency,
        billing_period,
        issue_date as day,
        {{ fact.units }} as units,
        pico,
        {{ from_minor_units(fact.units, 'pico') }} as amount,
        invoice_id as document
    from booked
    where {{ fact.when }}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

final as (

    select
        facts.*,
        'invoice' as cause,
        rates.to_currency as functional_currency,
        {{ picos_in_minor_unit('own.minor_units') }} as functional_pico,
        {{ to_minor_units('facts.amount', 'own.minor_units', 'rates.fx_rate') }} as functional_units,
        rates.fx_rate,
        rates.fx_rate_type,
        rates.fx_rate_date,
        rates.fx_rate_source
    from facts
    left join entities on facts.entity_id = entities.entity_id
    inner join rates
        on
            facts.currency = rates.from_currency and facts.day = rates.day
            and coalesce(entities.functional_currency, facts.currency) = rates.to_currency
    left join currencies as own on rates.to_currency = own.currency
    where facts.units <> 0

)

select * from final
