{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- The one place where money is rounded: what an account was charged in a period, over its lines by largest remainder.
-- In another currency the whole is converted, rounded, then split (accounting.md EX-17).
with

converted as (select * from {{ ref('int_lines_converted') }}),
currencies as (select * from {{ ref('stg_currencies') }}),
costs as (select * from {{ ref('int_costs_lined') }}),

lines as (

    select
        costs.line_id,
        costs.line_order,
        costs.period,
        costs.source,
        costs.account,
        costs.currency,
        converted.to_currency,
        converted.amount,
        converted.fx_rate,
        converted.fx_rate_type,
        converted.fx_rate_date,
        converted.fx_rate_source,
        {{ picos_in_minor_unit('currencies.minor_units') }} as minor_unit_picos
    from converted
    inner join costs on converted.line_id = costs.line_id
    left join currencies on converted.to_currency = currencies.currency

),

rounded as (

    {{ largest_remainder(
        'lines', ['period', 'source', 'account', 'currency', 'to_currency'], 'line_order', 'amount', 'minor_unit_picos'
    ) | indent(4) }}

),

final as (

    select
        line_id,
        to_currency,
        minor_unit_picos,
        rounded_units,
        cast({{ from_picos('rounded_units * minor_unit_picos') }} as decimal(28, 4)) as rounded_amount,
        fx_rate,
        fx_rate_type,
        fx_rate_date,
        fx_rate_source
    from rounded

)

select * from final
