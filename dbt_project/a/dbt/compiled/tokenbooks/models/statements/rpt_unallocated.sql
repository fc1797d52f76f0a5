

-- The pool with its age, counted to the last day that any provider's statement covers: no clock is asked.
with

pool as (

    select * from "w"."finance"."fct_pool"

),

covered as (

    select cast(max(day_to) - 1 as date) as as_of_date
    from "w"."staging"."stg_coverage"
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
        cast(date_diff('day', pool.oldest_charge_date, covered.as_of_date) as integer) as age_days
    from pool
    cross join covered

)

select * from final