-- Who bears the cost that tax, credits and adjustments follow, and how much of it: their weights, in order of bearer.
with

chosen as (

    select distinct scope_id from {{ ref('int_overhead_bases') }}

),

charge_cases as (select * from {{ ref('int_charge_cases') }}),
shares as (select * from {{ ref('int_base_shares') }}),

scopes as (
    {% for level in var('overhead_levels') %}
    select
        case_id,
        recognized_cost,
        {{ overhead_scope(level) }} as scope_id
    from charge_cases
    where not is_overhead
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

carried as (

    select
        scopes.scope_id,
        {{ prefixed('shares', var('bearer_columns') + var('followed_columns')) }},
        max(shares.grade) as grade,
        sum({{ to_picos(split_amount(
            split_amount('scopes.recognized_cost', 'shares.owner_before', 'shares.owner_up_to', 'shares.owner_total'),
            'shares.center_before', 'shares.center_up_to', 'shares.center_total'
        )) }}) as picos
    from scopes
    inner join chosen on scopes.scope_id = chosen.scope_id
    inner join shares on scopes.case_id = shares.case_id
    group by scopes.scope_id, {{ prefixed('shares', var('bearer_columns') + var('followed_columns')) }}

),

-- nano-units: fine enough for a weight, and small enough that cost x weight stays exact
weights as (

    select
        *,
        greatest({{ whole_quotient('picos', '1000') }}, 1) as weight,
        {{ row_key(var('bearer_columns') + var('followed_columns')) }} as share_key
    from carried
    where picos > 0

),

final as (

    select
        *,
        sum(weight) over scope_in_order - weight as owner_before,
        sum(weight) over scope_in_order as owner_up_to,
        sum(weight) over (partition by scope_id) as owner_total
    from weights
    window
        scope_in_order as (
            partition by scope_id
            order by bearer_type, bearer_id, cost_center_id, share_key
            rows between unbounded preceding and current row
        )

)

select * from final
