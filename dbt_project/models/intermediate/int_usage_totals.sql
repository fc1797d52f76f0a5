-- Metered use at the grain that matters for attribution: identity, model, token class, tier, context and unit.
with

usage_rows as (select * from {{ ref('stg_usage') }}),

totals as (

    select
        {%- for column in var('identity_columns') + ['model', 'token_class', 'service_tier', 'context_window'] %}
        {{ column }},
        {%- endfor %}
        unit,
        sum(quantity) as quantity
    from usage_rows
    group by
        {%- for column in var('identity_columns') + ['model', 'token_class', 'service_tier', 'context_window'] %}
        {{ column }},
        {%- endfor %}
        unit

),

final as (

    select
        *,
        {{ row_key(var('identity_columns')) }} as identity_id
    from totals
    where quantity > 0

)

select * from final
