-- Every metered quantity of a day is priced or told as unpriced, whole beside each bill that states the day, or once without
-- one: none is dropped, none counted twice by a price; what is unpriced has no amount, and what is priced has one.
with

used as (

    select
        source,
        account,
        service_date,
        sum(quantity) as quantity
    from {{ ref('stg_usage') }}
    where quantity > 0
    group by source, account, service_date

),

expected as (

    select
        usage_source,
        usage_account,
        service_date,
        source,
        account,
        sum(quantity) as quantity,
        sum(case when (price_basis = 'unpriced') = (expected_cost is null) then 0 else 1 end) as contradictions
    from {{ ref('rpt_expected_cost') }}
    where {{ in_build_periods() }}
    group by usage_source, usage_account, service_date, source, account

)

select
    used.source as usage_source,
    used.account as usage_account,
    used.service_date,
    expected.source,
    expected.account,
    used.quantity as used,
    expected.quantity as expected
from used
left join expected
    on
        used.source = expected.usage_source
        and used.account = expected.usage_account
        and used.service_date = expected.service_date
where coalesce(expected.quantity, -1) <> used.quantity or expected.contradictions > 0
