-- For each case that nobody owns: the finest level at which use can be measured, or why there is none.
with

charge_cases as (

    select
        case_id,
        identity_id,
        source,
        account,
        service_date,
        {%- for column in metered_dimensions() %}
        coalesce({{ column }}, '(none)') as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('int_charge_cases') }}

),

identities as (

    select * from {{ ref('int_identities_owned') }}

),

drivers as (

    select * from {{ ref('stg_drivers') }}

),

levels as (

    select
        level_id,
        metered_level,
        max(weight_total) as weight_total,
        bool_and(is_measurable) as is_measurable
    from {{ ref('int_metered_weights') }}
    group by level_id, metered_level

),

candidates as (
    {% for level in metered_levels() %}
    select
        charge_cases.case_id,
        {{ row_key([level.level, 'charge_cases.source', 'charge_cases.account', 'charge_cases.service_date'] + level.keeps) }}
            as level_id
    from charge_cases
    inner join identities on charge_cases.identity_id = identities.identity_id
    where identities.owner_type is null
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

measured as (

    select
        candidates.case_id,
        min(case when levels.is_measurable and levels.weight_total > 0 then levels.metered_level end) as metered_level,
        count(levels.level_id) as levels_with_usage
    from candidates
    left join levels on candidates.level_id = levels.level_id
    group by candidates.case_id

),

driven as (

    select distinct cost_source from drivers

),

final as (

    select
        measured.case_id,
        measured.metered_level,
        case measured.metered_level
            {%- for level in metered_levels() %}
            when {{ level.level }}
                then {{ row_key([level.level, 'charge_cases.source', 'charge_cases.account', 'charge_cases.service_date'] + level.keeps) }}
            {%- endfor %}
        end as level_id,
        case
            when measured.metered_level is not null then null
            when driven.cost_source is null then 'no_owner'
            when measured.levels_with_usage > 0 then 'unpriced_usage'
            else 'no_usage'
        end as pool_reason
    from measured
    inner join charge_cases on measured.case_id = charge_cases.case_id
    left join driven on charge_cases.source = driven.cost_source

)

select * from final
