{{ config(materialized='table') }}

-- The pool with its age, counted to the last day that any provider's statement covers: no clock is asked. As reported,
-- age and all, where the period is closed.
with

pool as (select * from {{ ref('fct_pool') }}),
reported as (select * from {{ ref('stg_reported_unallocated') }}),
placed as (select * from {{ ref('int_periods_placed') }}),

covered as (

    select {{ day_before('max(day_to)') }} as as_of_date
    from {{ ref('stg_coverage') }}
    where dataset = 'charges'

),

aged as (

    select
        pool.*,
        covered.as_of_date,
        {{ days_between('pool.oldest_charge_date', 'covered.as_of_date') }} as age_days
    from pool
    cross join covered

),

final as (

    {{ as_reported('aged', 'reported', ['period', 'entity_id', 'source', 'account', 'sub_account_id', 'model',
        'pool_reason', 'charges', 'amount', 'currency', 'oldest_charge_date', 'as_of_date', 'age_days'],
        all_periods=true) | indent(4) }}

)

select * from final
