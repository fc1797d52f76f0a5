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

legs as (
    {% for relation, side, sign in [
        ('facts', 'debit', ''), ('facts', 'credit', '-'), ('sliced', 'debit', ''), ('sliced', 'credit', '-')
    ] -%}
    {% set of_slice = 'slice_' if relation == 'sliced' else '' -%}
    {% set value_of = {
        'origin_entity_id': 'entity_id', 'posting_date': 'day', 'account_id': side ~ '_account',
        'amount': sign ~ of_slice ~ 'amount', 'functional_amount': sign ~ of_slice ~ 'functional_amount',
        'counterparty_entity_id': 'null', 'policy_hash': 'null'
    } -%}
    {% if not (of_slice and side == 'debit') -%}
    {% set _ = value_of.update({'cost_center_id': 'null', 'function': 'null', 'project_id': 'null', 'module_id': 'null'}) -%}
    {% endif -%}
    select
        {%- for name, type in var('due_columns').items() %}
        cast({{ value_of.get(name, name) }} as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

final as (

    {{ summed_lines('legs') | indent(4) }}

)

select * from final
