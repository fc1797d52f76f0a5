-- Rows and money of the lake that count = those of fct_charges. The lake is counted here on its own, and one that should
-- hold rows but holds none fails: nothing ties to nothing.
with

counted as (

    select
        charges.period,
        charges.x_Source as source,
        charges.x_Account as account,
        charges.BillingCurrency as currency,
        count(*) as charge_rows,
        sum(charges.BilledCost) as billed_cost,
        sum(coalesce(charges.EffectiveCost, charges.BilledCost)) as recognized_cost
    from {{ source('lake', 'charges') }} as charges
    where
        {{ in_build_periods('charges.period') }}
        and exists (
            select 1 from {{ source('lake', 'coverage') }} as coverage
            where
                coverage.dataset = 'charges'
                and coverage.load_id = charges.x_LoadId
                and {{ counted_on('charges', 'coverage') }} >= coverage.day_from
                and {{ counted_on('charges', 'coverage') }} < coverage.day_to
        )
    group by charges.period, charges.x_Source, charges.x_Account, charges.BillingCurrency

),

charged as (
    select * from {{ ref('int_bills_bridged') }}
    where {{ in_build_periods() }}
),
-- Use that was paid from credit bought below its face costs what the credit had cost.
discounts as (
    select period, source, account, currency, sum(drawn_face - drawn_cost) as amount
    from {{ ref('int_prepaid_days') }}
    where not is_drawn_by_provider
    group by period, source, account, currency
),

covered as (

    select count(*) as pieces
    from {{ source('lake', 'coverage') }} as coverage
    inner join {{ source('lake', 'loads') }} as loads on coverage.load_id = loads.load_id
    inner join {{ source('lake', 'build_periods') }} as build_periods
        on coverage.day_from < build_periods.end_date and coverage.day_to > build_periods.start_date
    where coverage.dataset = 'charges' and loads.rows > 0

)

select
    coalesce(counted.source, charged.source) as source,
    counted.billed_cost as lake_billed_cost,
    charged.billed_cost
from counted
full outer join charged
    on
        counted.period = charged.period and counted.currency = charged.currency
        and counted.source = charged.source and counted.account = charged.account
left join discounts
    on
        counted.period = discounts.period and counted.currency = discounts.currency
        and counted.source = discounts.source and counted.account = discounts.account
where
    counted.charge_rows is null
    or charged.charge_rows is null
    or counted.charge_rows <> charged.charge_rows
    or counted.billed_cost <> charged.billed_cost
    or counted.recognized_cost - coalesce(discounts.amount, 0) <> charged.recognized_cost

union all

select
    'the lake holds no charges at all' as source,
    0 as lake_billed_cost,
    0 as billed_cost
from covered
where pieces > 0 and not exists (select 1 from counted)
