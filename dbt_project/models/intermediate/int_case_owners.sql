-- The owners of each case with their weights: one for what is owned or ruled, many for what is metered.
with

charge_cases as (select * from {{ ref('int_charge_cases') }}),
identities as (select * from {{ ref('int_identities_owned') }}),
overhead_bases as (select * from {{ ref('int_overhead_bases') }}),
case_levels as (select * from {{ ref('int_case_levels') }}),
metered_weights as (select * from {{ ref('int_metered_weights') }}),
cases_ruled as (select * from {{ ref('int_cases_ruled') }}),

owned as (

    select
        charge_cases.case_id,
        identities.method,
        {%- for column in var('owner_columns') %}
        identities.{{ column }},
        {%- endfor %}
        identities.grade
    from charge_cases
    inner join identities on charge_cases.identity_id = identities.identity_id
    left join overhead_bases on charge_cases.case_id = overhead_bases.case_id
    where identities.owner_type is not null and overhead_bases.case_id is null

),

alone as (

    select
        case_id,
        method,
        grade,
        {{ var('owner_columns') | join(', ') }}
    from owned

    union all

    select
        case_id,
        method,
        grade,
        {{ var('owner_columns') | join(', ') }}
    from cases_ruled

),

final as (

    select
        case_id,
        method,
        grade,
        {{ var('owner_columns') | join(', ') }},
        {{ row_key(var('owner_columns')) }} as owner_key,
        cast(0 as {{ wide_integer() }}) as owner_before,
        cast(1 as {{ wide_integer() }}) as owner_up_to,
        cast(1 as {{ wide_integer() }}) as owner_total
    from alone

    union all

    select
        case_levels.case_id,
        'metered' as method,
        'C' as grade,
        {{ var('owner_columns') | join(', ') }},
        metered_weights.owner_key,
        metered_weights.weight_before as owner_before,
        metered_weights.weight_up_to as owner_up_to,
        metered_weights.weight_total as owner_total
    from case_levels
    inner join metered_weights on case_levels.level_id = metered_weights.level_id
    where metered_weights.weight > 0

)

select * from final
