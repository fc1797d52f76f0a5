{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- The exact amount of each line in the bill's currency, the payer's and the bearer's: each day's cost at that day's rate.
with

costs as (select * from {{ ref('int_costs_totaled') }}),
rates as (select * from {{ ref('int_fx_applied') }}),

days as (

    select
        line_id,
        currency,
        paying_currency,
        bearing_currency,
        charge_date,
        {{ to_picos('sum(amount)') }} as picos
    from costs
    group by line_id, currency, paying_currency, bearing_currency, charge_date

),

wanted as (

    {% for to_currency in ['currency', 'paying_currency', 'bearing_currency'] -%}
    select
        line_id,
        currency,
        {{ to_currency }} as to_currency,
        charge_date,
        picos
    from days
    {% if not loop.last -%}
    union
    {% endif -%}
    {% endfor %}
),

-- Rates in units of 10^-8, so that the sum of all days stays whole and is rounded to a pico once.
rated as (

    select
        wanted.*,
        rates.rate_type,
        rates.rate_date,
        rates.rate_source,
        cast(
            case when wanted.currency = wanted.to_currency then 1 else rates.rate end * 100000000 as {{ wide_integer() }}
        ) as rate_units
    from wanted
    left join rates
        on
            wanted.currency = rates.from_currency
            and wanted.to_currency = rates.to_currency
            and wanted.charge_date = rates.day

),

final as (

    select
        line_id,
        to_currency,
        {{ from_picos(half_away_from_zero('sum(picos * rate_units)', 100000000)) }} as amount,
        cast(coalesce(
            case
                when min(rate_units) < max(rate_units) and sum(picos) <> 0
                    then {{ whole_quotient('sum(picos * rate_units)', 'sum(picos)') }}
            end,
            max(rate_units)
        ) * 0.00000001 as decimal(18, 8)) as fx_rate,
        max(rate_type) as fx_rate_type,
        coalesce(max(rate_date), max(charge_date)) as fx_rate_date,
        coalesce(max(rate_source), 'same currency') as fx_rate_source
    from rated
    group by line_id, to_currency

)

select * from final
