-- The owners of each case with their weights: one for what is owned or ruled, one a stretch of days for a seat, and
-- many for what is metered.
with

charge_cases as (select * from {{ ref('int_charge_cases') }}),
identities as (select * from {{ ref('int_identities_owned') }}),
segments as (select * from {{ ref('int_case_segments') }}),
case_levels as (select * from {{ ref('int_case_levels') }}),
metered_weights as (select * from {{ ref('int_metered_weights') }}),
cases_ruled as (select * from {{ ref('int_cases_ruled') }}),
overhead_bases as (select * from {{ ref('int_overhead_bases') }}),

{% set columns = var('owner_columns') | reject('equalto', 'service_date') | list -%}
{%- set whole = wide_integer() -%}

owned as (

    select
        charge_cases.case_id,
        identities.method,
        identities.grade,
        coalesce(segments.segment_start, identities.service_date) as service_date,
        {{ prefixed('identities', columns) }},
        coalesce(segments.days_before, 0) as owner_before,
        coalesce(segments.days_up_to, 1) as owner_up_to,
        coalesce(segments.days_total, 1) as owner_total
    from charge_cases
    inner join identities on charge_cases.identity_id = identities.identity_id
    left join segments on charge_cases.case_id = segments.case_id
    left join overhead_bases on charge_cases.case_id = overhead_bases.case_id
    where identities.owner_type is not null and overhead_bases.case_id is null

),

ruled as (

    select
        case_id,
        method,
        grade,
        {{ (['service_date'] + columns) | join(', ') }},
        0 as owner_before,
        1 as owner_up_to,
        1 as owner_total
    from cases_ruled

),

final as (
    {% for relation in ['owned', 'ruled'] %}
    select
        case_id,
        method,
        grade,
        {{ var('owner_columns') | join(', ') }},
        {{ row_key(var('owner_columns')) }} as owner_key,
        cast(owner_before as {{ whole }}) as owner_before,
        cast(owner_up_to as {{ whole }}) as owner_up_to,
        cast(owner_total as {{ whole }}) as owner_total
    from {{ relation }}

    union all
    {% endfor %}
    select
        case_levels.case_id,
        'metered' as method,
        'C' as grade,
        {{ prefixed('metered_weights', var('owner_columns') + ['owner_key']) }},
        metered_weights.weight_before as owner_before,
        metered_weights.weight_up_to as owner_up_to,
        metered_weights.weight_total as owner_total
    from case_levels
    inner join metered_weights on case_levels.level_id = metered_weights.level_id
    where metered_weights.weight > 0

)

select * from final
