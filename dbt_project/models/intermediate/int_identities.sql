-- Every distinct combination of person, key, tags and place that a charge or a use names on a day.
with

charge_cases as (select * from {{ ref('int_charge_cases') }}),
usage_totals as (select * from {{ ref('int_usage_totals') }}),
settings as (select * from {{ ref('stg_settings') }}),

identities as (

    select
        identity_id,
        {{ var('identity_columns') | join(',\n        ') }}
    from charge_cases

    union

    select
        identity_id,
        {{ var('identity_columns') | join(',\n        ') }}
    from usage_totals

),

final as (

    select
        identities.*,
        nullif({{ json_text('identities.tags', 'settings.tag_project') }}, '') as tag_project,
        nullif({{ json_text('identities.tags', 'settings.tag_activity') }}, '') as tag_activity,
        nullif({{ json_text('identities.tags', 'settings.tag_workload') }}, '') as tag_workload,
        nullif({{ json_text('identities.tags', 'settings.tag_cost_center') }}, '') as tag_cost_center
    from identities
    cross join settings

)

select * from final
