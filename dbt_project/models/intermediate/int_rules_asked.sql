-- Which conditions any rule states: what nobody asks for need not tell slices apart.
{%- set asked_only = ['role_family', 'location_of_work', 'cost_center_id', 'source', 'account', 'model'] %}
with

rules as (

    select {{ asked_only | join(', ') }} from {{ ref('stg_management_rules') }}
    union all
    select {{ asked_only | join(', ') }} from {{ ref('stg_statutory_rules') }}

),

final as (

    select
    {%- for column in asked_only %}
        count({{ column }}) > 0 as {{ column }}
        {%- if not loop.last %},{% endif %}
    {%- endfor %}
    from rules

)

select * from final
