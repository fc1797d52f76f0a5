
    
    select
      count(*) as failures,
      count(*) != 0 as should_warn,
      count(*) != 0 as should_error
    from (
      
    
  -- Rows and money of the lake that count = those of stg_charges = those of fct_charges, per source, account, currency.
-- The lake is counted here on its own, and a lake that should hold rows but holds none fails: nothing ties to nothing.
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
    from "w"."lake"."charges" as charges
    where
        charges.period in (select build_periods.period from "w"."lake"."build_periods" as build_periods)
        and exists (
            select 1
            from "w"."lake"."coverage" as coverage
            where
                coverage.dataset = 'charges'
                and coverage.load_id = charges.x_LoadId
                and cast(
                    case
                        when coverage.window_by = 'billing' then charges.BillingPeriodStart
                        else charges.ChargePeriodStart
                    end as date
                ) between coverage.day_from and cast(coverage.day_to - 1 as date)
        )
    group by charges.period, charges.x_Source, charges.x_Account, charges.BillingCurrency

),

charged as (

    select
        period,
        source,
        account,
        currency,
        count(*) as charge_rows,
        sum(billed_cost) as billed_cost,
        sum(recognized_cost) as recognized_cost
    from "w"."finance"."fct_charges"
    where period in (select build_periods.period from "w"."lake"."build_periods" as build_periods)
    group by period, source, account, currency

),

expected as (

    select count(*) as pieces
    from "w"."lake"."coverage" as coverage
    inner join "w"."lake"."loads" as loads on coverage.load_id = loads.load_id
    inner join "w"."lake"."build_periods" as build_periods
        on coverage.day_from < build_periods.end_date and coverage.day_to > build_periods.start_date
    where coverage.dataset = 'charges' and loads.rows > 0

)

select
    coalesce(counted.period, charged.period) as period,
    coalesce(counted.source, charged.source) as source,
    counted.charge_rows as lake_rows,
    charged.charge_rows,
    counted.billed_cost as lake_billed_cost,
    charged.billed_cost
from counted
full outer join charged
    on
        counted.period = charged.period
        and counted.source = charged.source
        and counted.account = charged.account
        and counted.currency = charged.currency
where
    counted.charge_rows is null
    or charged.charge_rows is null
    or counted.charge_rows <> charged.charge_rows
    or counted.billed_cost <> charged.billed_cost
    or counted.recognized_cost <> charged.recognized_cost

union all

select
    'nothing to tie out' as period,
    cast(null as string) as source,
    pieces as lake_rows,
    0 as charge_rows,
    cast(null as decimal(38, 12)) as lake_billed_cost,
    cast(null as decimal(38, 12)) as billed_cost
from expected
where pieces > 0 and not exists (select 1 from counted)
  
  
      
    ) dbt_internal_test