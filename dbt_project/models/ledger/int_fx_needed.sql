{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Each currency, day and functional currency that a charge is measured in: of who bears it and of who pays it.
with

costs as (select * from {{ ref('int_costs_totaled') }}),

final as (
    {% for measured in ['bearing_currency', 'paying_currency'] %}
    select
        currency as from_currency,
        {{ measured }} as to_currency,
        charge_date as day
    from costs
    {% if not loop.last -%}
    union distinct
    {%- endif %}
    {%- endfor %}

)

select * from final
