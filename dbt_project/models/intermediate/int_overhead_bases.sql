-- For each tax, credit or adjustment that names nobody, or only a place: the scope of the cost it follows, if there is such cost.
with

charge_cases as (select * from {{ ref('int_charge_cases') }}),
identities as (select * from {{ ref('int_identities_owned') }}),

overheads as (

    select charge_cases.*
    from charge_cases
    inner join identities on charge_cases.identity_id = identities.identity_id
    where charge_cases.is_overhead and (identities.owner_type is null or identities.is_named_by_place)

),

candidates as (
    {% for level in var('overhead_levels') %}
    select
        case_id,
        {{ level.level }} as overhead_level,
        {{ overhead_scope(level) }} as scope_id
    from overheads
    where
        sub_account_id is {{ 'not null' if 'sub_account_id' in level['keeps'] else 'null' }}
        {% if 'service_name' in level['keeps'] %}and service_name is not null{% endif %}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

totals as (
    {% for level in var('overhead_levels') %}
    select
        {{ overhead_scope(level) }} as scope_id,
        sum(recognized_cost) as base_cost
    from charge_cases
    where not is_overhead
    group by {{ (var('overhead_columns') + level['keeps']) | join(', ') }}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

final as (

    select
        candidates.case_id,
        min_by(candidates.scope_id, candidates.overhead_level) as scope_id
    from candidates
    inner join totals on candidates.scope_id = totals.scope_id
    -- nothing, or less than nothing, is no base to divide by: a rule decides, else the pool
    where totals.base_cost > 0
    group by candidates.case_id

)

select * from final
