{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- What AI cost, by who bears it: exact, and in minor units that sum to the journal in any grouping.
with

{% set grain = ['period', 'entity_id', 'currency', 'source', 'account', 'model', 'statement_center_id', 'cost_center_name',
    'function', 'bearer_type', 'mgmt_class', 'treatment'] -%}

totals as (

    select
        {{ grain | join(', ') }},
        line_id,
        concat_ws('|', coalesce(model, ''), bearer_type, mgmt_class) as row_order,
        sum(amount) as amount
    from {{ ref('int_costs_totaled') }}
    group by {{ grain | join(', ') }}, line_id

),

costs as (

    select
        totals.*,
        lines.minor_unit_picos,
        lines.rounded_units as line_units
    from totals
    inner join {{ ref('int_lines_rounded') }} as lines
        on totals.line_id = lines.line_id and totals.currency = lines.to_currency

),

sources as (select * from {{ ref('stg_sources') }}),

rounded as (

    {{ largest_remainder('costs', ['line_id'], 'row_order', 'amount', 'minor_unit_picos', 'line_units') | indent(4) }}

),

summed as (

    select
        {{ grain | join(', ') }},
        sum(amount) as amount,
        cast({{ from_picos('sum(rounded_units * minor_unit_picos)') }} as decimal(28, 4)) as amount_rounded
    from rounded
    group by {{ grain | join(', ') }}

),

final as (

    select
        summed.*,
        sources.provider
    from summed
    left join sources on summed.source = sources.source

)

select * from final
