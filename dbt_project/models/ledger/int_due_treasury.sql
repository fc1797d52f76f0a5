{{ config(schema='intermediate', contract={'enforced': false}) }}

-- What the ledger should say of invoices, taxes on them, prepaid credit and payments, in the month of each. Debit positive.
with

facts as (select * from {{ ref('int_treasury_facts') }}),
slices as (select * from {{ ref('int_invoice_slices') }}),
build_periods as (select * from {{ ref('stg_build_periods') }}),

invoice_rules as (

    select * from {{ ref('stg_posting_rules') }}
    where event = 'invoice' and function is null

),

billed as (

    {{ largest_remainder('slices', ['fact_id'], 'slice_order', 'units_share', 'pico', 'units') | indent(4) }}

),

owned as (

    {{ largest_remainder(
        'slices', ['fact_id'], 'slice_order', 'functional_units_share', 'functional_pico', 'functional_units'
    ) | indent(4) }}

),

sliced as (

    select
        billed.*,
        build_periods.period,
        invoice_rules.credit_account,
        billed.account_id as debit_account,
        {{ from_minor_units('billed.rounded_units', 'billed.pico') }} as slice_amount,
        {{ from_minor_units('owned.rounded_units', 'owned.functional_pico') }} as slice_functional_amount,
        billed.event || '/slice ' || billed.document as rule
    from billed
    inner join owned on billed.fact_id = owned.fact_id and billed.slice_order = owned.slice_order
    inner join build_periods on billed.day >= build_periods.start_date and billed.day < build_periods.end_date
    inner join invoice_rules on {{ holds_on('invoice_rules', 'billed.day') }}

),

{% set whole = {
    'origin_entity_id': 'entity_id', 'posting_date': 'day', 'counterparty_entity_id': 'null', 'policy_hash': 'null',
    'cost_center_id': 'null', 'function': 'null', 'project_id': 'null', 'module_id': 'null'
} -%}
{% set slice = dict(
    origin_entity_id='entity_id', posting_date='day', counterparty_entity_id='null', policy_hash='null',
    amount='slice_amount', functional_amount='slice_functional_amount', account_id='debit_account'
) -%}
{% set paid = {'amount': '-slice_amount', 'functional_amount': '-slice_functional_amount', 'account_id': 'credit_account'} -%}

legs as (

    {{ due_leg('facts', dict(whole, account_id='debit_account')) | indent(4) }}
    union all
    {{ due_leg('facts', dict(
        whole, account_id='credit_account', amount='-amount', functional_amount='-functional_amount'
    )) | indent(4) }}
    union all
    {{ due_leg('sliced', slice) | indent(4) }}
    union all
    {{ due_leg('sliced', dict(whole, **paid)) | indent(4) }}

),

final as (

    {{ summed_lines('legs') | indent(4) }}

)

select * from final
