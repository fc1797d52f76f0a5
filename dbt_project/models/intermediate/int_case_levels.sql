-- For each case that nobody owns: the finest level at which use can be measured, or why there is none.
with

charge_cases as (select * from {{ ref('int_cases_metered') }}),

levels as (

    select level_id, min(case when is_measurable and weight_total > 0 then metered_level end) as usable_level
    from {{ ref('int_metered_weights') }}
    group by level_id

),

driven as (

    select distinct cost_source from {{ ref('stg_drivers') }}

),

candidates as (
    {% for level in var('metered_levels') %}
    select
        case_id,
        source,
        is_overhead,
        {{ row_key([level.level, 'source', 'account', 'service_date'] + level.keeps) }} as level_id
    from charge_cases
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

measured as (

    select
        candidates.case_id,
        candidates.source,
        candidates.is_overhead,
        min(levels.usable_level) as metered_level,
        min_by(levels.level_id, levels.usable_level) as level_id,
        count(levels.level_id) as levels_with_usage
    from candidates
    -- no use of a day causes a tax or a credit
    left join levels on candidates.level_id = levels.level_id and not candidates.is_overhead
    group by candidates.case_id, candidates.source, candidates.is_overhead

),

final as (

    select
        measured.case_id,
        measured.metered_level,
        measured.level_id,
        case
            when measured.metered_level is not null then null
            when measured.is_overhead then 'no_base'
            when driven.cost_source is null then 'no_owner'
            when measured.levels_with_usage > 0 then 'unpriced_usage'
            else 'no_usage'
        end as pool_reason
    from measured
    left join driven on measured.source = driven.cost_source

)

select * from final
