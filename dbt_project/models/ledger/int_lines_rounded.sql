{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- The one place where money is rounded: an entity's cost of a period to minor units, over its lines by largest remainder.
with

costs as (select * from {{ ref('int_costs_totaled') }}),
currencies as (select * from {{ ref('stg_currencies') }}),

lines as (

    select
        costs.line_id,
        costs.period,
        costs.currency,
        costs.paying_entity_id,
        costs.entity_id,
        costs.function,
        costs.cost_center_id,
        concat_ws('|', costs.entity_id, costs.function, costs.statement_center_id) as line_order,
        {{ picos_in_minor_unit('max(currencies.minor_units)') }} as minor_unit_picos,
        sum(costs.amount) as amount
    from costs
    left join currencies on costs.currency = currencies.currency
    group by
        costs.line_id,
        costs.period,
        costs.currency,
        costs.paying_entity_id,
        costs.entity_id,
        costs.function,
        costs.cost_center_id,
        costs.statement_center_id

),

rounded as (

    {{ largest_remainder(
        'lines', ['period', 'paying_entity_id', 'currency'], 'line_order', 'amount', 'minor_unit_picos'
    ) | indent(4) }}

),

final as (

    select
        line_id,
        period,
        currency,
        paying_entity_id,
        entity_id,
        function,
        cost_center_id,
        minor_unit_picos,
        amount,
        rounded_units,
        cast({{ from_picos('rounded_units * minor_unit_picos') }} as decimal(28, 4)) as rounded_amount
    from rounded

)

select * from final
