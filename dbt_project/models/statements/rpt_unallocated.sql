{{ config(materialized='table') }}

-- The pool with its age, counted to the last day that any provider's statement covers: no clock is asked.
with

pool as (select * from {{ ref('fct_pool') }}),

covered as (

    select {{ day_before('max(day_to)') }} as as_of_date
    from {{ ref('stg_coverage') }}
    where dataset = 'charges'

),

final as (

    select
        pool.period,
        pool.source,
        pool.account,
        pool.sub_account_id,
        pool.model,
        pool.pool_reason,
        pool.charges,
        pool.amount,
        pool.currency,
        pool.oldest_charge_date,
        covered.as_of_date,
        {{ days_between('pool.oldest_charge_date', 'covered.as_of_date') }} as age_days
    from pool
    cross join covered

)

select * from final
