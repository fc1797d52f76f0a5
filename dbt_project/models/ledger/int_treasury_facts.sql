{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- What treasury has to say in the periods being built, each with the two accounts that the posting rules give it.
with

prepaid as (select * from {{ ref('int_prepaid_booked') }}),
invoices as (select * from {{ ref('int_invoice_facts') }}),
payments as (select * from {{ ref('stg_payments') }}),
accounts as (select * from {{ ref('stg_accounts') }}),
entities as (select * from {{ ref('stg_entities') }}),
build_periods as (select * from {{ ref('stg_build_periods') }}),
posting_rules as (select * from {{ ref('stg_posting_rules') }}),

{% set fact = 'event, treatment, cause, entity_id, source, account, currency, day, amount, functional_currency, '
    ~ 'functional_amount, fx_rate, fx_rate_type, fx_rate_date, fx_rate_source, document' -%}

-- A payment says itself what it cost in the entity's own currency; what that is more or less than was booked is left to
-- the remeasurement at the month's end.
paid as (

    select
        'settlement' as event, payments.settles as treatment, 'payment' as cause, accounts.entity_id, payments.source,
        payments.account, payments.currency, payments.paid_on as day,
        cast(payments.amount as decimal(28, 4)) as amount, entities.functional_currency,
        cast(payments.functional_amount as decimal(28, 4)) as functional_amount,
        cast({{ whole_quotient(
            to_picos('payments.functional_amount') ~ ' * 100000000', to_picos('payments.amount')
        ) }} * 0.00000001 as decimal(18, 8)) as fx_rate,
        'settlement' as fx_rate_type, payments.paid_on as fx_rate_date, 'payment' as fx_rate_source,
        payments.payment_id as document
    from payments
    inner join accounts on payments.source = accounts.source and payments.account = accounts.account
    inner join entities on accounts.entity_id = entities.entity_id

),

facts as (

    select {{ fact }} from prepaid
    union all
    select {{ fact.replace('functional_amount', from_minor_units('functional_units', 'functional_pico') ~ ' as functional_amount') }}
    from invoices
    where not by_slice
    union all
    select {{ fact }} from paid

),

final as (

    select
        facts.*,
        build_periods.period,
        {%- for side in ['debit_account', 'credit_account'] %}
        case
            when posting_rules.{{ side }} is not null then posting_rules.{{ side }}
            else
                {{ stop_with(
                    "'posting_rules.csv: add a rule for event ' || facts.event || ', treatment '"
                    ~ " || coalesce(facts.treatment, '(none)') || ', valid on ' || cast(facts.day as string)"
                ) }}
        end as {{ side }},
        {%- endfor %}
        facts.event || '/' || coalesce(facts.treatment, '') || ' ' || facts.document as rule
    from facts
    inner join build_periods on facts.day >= build_periods.start_date and facts.day < build_periods.end_date
    left join posting_rules
        on
            facts.event = posting_rules.event
            and coalesce(facts.treatment, '') = coalesce(posting_rules.treatment, '')
            and posting_rules.function is null
            and {{ holds_on('posting_rules', 'facts.day') }}
    where facts.amount <> 0 or facts.functional_amount <> 0

)

select * from final
