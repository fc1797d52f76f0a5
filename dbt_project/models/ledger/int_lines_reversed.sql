{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- With `accruals: auto_reverse`, the accruals of the month that was closed last, taken back on the first day of the open
-- one: the exact negation of each posted line (accounting.md 3.2, J2r). What is due stays due, so the difference books it
-- anew in the open month, as it stands by then; an invoice clears that.
with

posted as (select * from {{ ref('int_lines_posted') }}),
placed as (select * from {{ ref('int_periods_placed') }}),
build_periods as (select * from {{ ref('stg_build_periods') }}),
settings as (select * from {{ ref('stg_settings') }}),

{% set own = {
    'amount': '-posted.amount', 'functional_amount': '-posted.functional_amount', 'period': 'build_periods.period',
    'posting_date': 'build_periods.start_date', 'kind': "'reversal'", 'cause': "'auto_reverse'",
    'reversal_of': 'posted.posting_id', 'posting_id': 'null',
} -%}

final as (

    select
        {{- typed(var('booked_columns'), 'posted', own) }}
    from posted
    cross join settings
    inner join placed on posted.entity_id = placed.entity_id and posted.service_period = placed.service_period
    inner join build_periods
        on
            placed.posting_period = build_periods.period
            and posted.posting_date = {{ day_before('build_periods.start_date') }}
    left join posted as reversals on posted.posting_id = reversals.reversal_of
    where settings.accruals = 'auto_reverse' and posted.kind = 'accrual' and reversals.reversal_of is null

)

select * from final
