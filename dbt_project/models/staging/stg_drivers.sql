-- Whose use spreads the cost of an account: that of the account itself, by the exports that its source names, or, where the
-- company says so, what a gateway or a log metered in another account, and then nothing else: it is the same work.
with

drivers as (select * from {{ source('lake', 'drivers') }}),
meters as (select * from {{ source('company', 'meters') }}),
coverage as (select * from {{ source('lake', 'coverage') }}),

own as (

    select distinct
        drivers.cost_source,
        coverage.account as cost_account,
        drivers.usage_source,
        coverage.account as usage_account
    from drivers
    inner join coverage on coverage.source in (drivers.cost_source, drivers.usage_source)
    left join meters on drivers.cost_source = meters.source and coverage.account = meters.account
    where meters.source is null

),

final as (

    select
        *,
        false as is_elsewhere
    from own

    union all

    select
        source as cost_source,
        account as cost_account,
        usage_source,
        usage_account,
        true as is_elsewhere
    from meters

)

select * from final
