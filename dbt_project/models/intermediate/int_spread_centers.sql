-- The cost centres of each spread with their running weights. A service among them steps down by its own rule, exactly.
with

weights as (select * from {{ ref('int_spread_weights') }}),
service_rules as (select * from {{ ref('int_service_rules') }}),

{% set spread = ['spread_kind', 'spread_id', 'spread_date', 'service_date'] -%}
{%- set hops = var('step_down_hops') -%}

-- a weight that is to be split itself is made a million times finer first
step_0 as (

    select
        {{ (spread + ['cost_center_id', 'service_id']) | join(', ') }},
        weight * case when max(service_id) over (partition by {{ spread | join(', ') }}) is null then 1 else 1000000 end
            as weight
    from weights

),

{% for hop in range(1, hops + 1) -%}
step_{{ hop }} as (

    select
        {{ prefixed('step', spread) }},
        coalesce(service_rules.cost_center_id, weights.cost_center_id) as cost_center_id,
        weights.service_id,
        case
            when weights.weight is null then step.weight
            else {{ split_units('step.weight', 'weights.weight_before', 'weights.weight_up_to', 'weights.weight_total') }}
        end as weight
    from step_{{ hop - 1 }} as step
    left join service_rules
        on step.service_id = service_rules.service_id and step.service_date = service_rules.service_date
    left join weights
        on
            service_rules.cost_center_id is null
            and service_rules.method = weights.spread_kind
            and service_rules.rule_version = weights.spread_id
            and service_rules.service_date = weights.service_date
    where step.service_id is not null

),

{% endfor -%}
placed as (  -- what steps down to nothing has no centre, and goes to the pool
    {% for hop in range(hops) %}
    select * from step_{{ hop }}
    where service_id is null
    union all
    {% endfor %}
    select * from step_{{ hops }}
),

summed as (
    select {{ (spread + ['cost_center_id']) | join(', ') }}, sum(weight) as weight from placed
    group by {{ (spread + ['cost_center_id']) | join(', ') }}
),

final as (

    select
        {{ (spread + ['cost_center_id']) | join(', ') }},
        sum(weight) over spread_in_order - weight as center_before,
        sum(weight) over spread_in_order as center_up_to,
        sum(weight) over (partition by {{ spread | join(', ') }}) as center_total
    from summed
    where weight > 0
    window
        spread_in_order as (
            partition by {{ spread | join(', ') }}
            order by coalesce(cost_center_id, '')
            rows between unbounded preceding and current row
        )

)

select * from final
