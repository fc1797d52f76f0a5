{{ config(schema='intermediate', contract={'enforced': false}) }}

-- What each export contributed to a month's bill of an account: cost, use that spreads it, or nothing, where another counts.
{% set keys = ['period', 'currency', 'load_id'] -%}

with

exports_counted as (select * from {{ ref('int_exports_counted') }}),
exports_left as (select * from {{ ref('int_exports_left') }}),

-- days that another states an export may leave to it and still count on others
stated_elsewhere as (

    select
        {{ keys | join(', ') }},
        min(stated_by) as stated_by
    from exports_left
    group by {{ keys | join(', ') }}

),

counting as (

    select distinct {{ keys | join(', ') }} from exports_counted

),

final as (

    select
        exports_counted.*,
        stated_elsewhere.stated_by
    from exports_counted
    left join stated_elsewhere on {{ alike('exports_counted', 'stated_elsewhere', keys) }}

    union all

    select
        {{ prefixed('exports_left', ['period', 'currency', 'cost_source', 'account', 'load_id']) }},
        cast(null as bigint) as charges,
        cast(null as decimal(38, 12)) as billed_cost,
        'nothing' as contributes,
        exports_left.stated_by
    from exports_left
    left join counting on {{ alike('exports_left', 'counting', keys) }}
    where counting.load_id is null and exports_left.newness = 1

)

select * from final
