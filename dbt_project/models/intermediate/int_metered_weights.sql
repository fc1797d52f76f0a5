-- Weights of metering at each of the five levels. From level 2 on token classes mix, so the weights are value.
with

usage_owned as (select * from {{ ref('int_usage_owned') }}),

{% set owner = ['owner_key'] + var('owner_columns') -%}

weights as (
    {% for level in var('metered_levels') %}
    select
        {{ level.level }} as metered_level,
        {{ row_key([level.level, 'source', 'account', 'service_date'] + level.keeps) }} as level_id,
        {{ owner | join(', ') }},
        {% if level.weight == 'tokens' -%}
        sum(tokens) as weight,
        -- numbers of different things cannot be added
        min(unit) as smallest_unit,
        max(unit) as largest_unit,
        true as is_priced
        {%- else -%}
        -- nano-units of value: fine enough for a weight, and small enough that cost x weight stays exact
        {{ whole_quotient('coalesce(sum(value_picos), 0)', '1000') }} as weight,
        '' as smallest_unit,
        '' as largest_unit,
        bool_and(is_priced) as is_priced
        {%- endif %}
    from usage_owned
    {% if level.weight == 'value' %}where token_class <> '(none)'{% endif %}
    group by {{ (['source', 'account', 'service_date'] + level.keeps + owner) | unique | join(', ') }}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

final as (

    select
        metered_level,
        level_id,
        {{ owner | join(', ') }},
        weight,
        sum(weight) over level_in_order - weight as weight_before,
        sum(weight) over level_in_order as weight_up_to,
        sum(weight) over level_whole as weight_total,
        bool_and(is_priced) over level_whole
        and min(smallest_unit) over level_whole = max(largest_unit) over (level_whole) as is_measurable
    from weights
    window
        level_whole as (partition by level_id),
        level_in_order as (
            partition by level_id
            order by owner_type, owner_id, owner_key
            rows between unbounded preceding and current row
        )

)

select * from final
