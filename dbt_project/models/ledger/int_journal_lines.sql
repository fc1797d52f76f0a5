{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Every line of the posting periods being built, posted or draft; debit positive.
with
{% for model in ['int_lines_costs', 'int_lines_assets', 'int_lines_fx'] %}
{{ model }} as (

    select * from {{ ref(model) }}
    where {{ in_build_periods() }}

),
{% endfor %}
final as (

    select * from int_lines_costs
    union all
    select * from int_lines_assets
    union all
    select * from int_lines_fx

)

select * from final
