{{ config(schema='intermediate', contract={'enforced': false}) }}

-- What accounts that have prepaid lots used on a day: at the price billed, and what the provider's export itself draws
-- from a purchase (nothing billed, an effective cost stated).
with

charges as (select * from {{ ref('stg_charges') }}),

accounts as (

    select distinct
        source,
        account
    from {{ ref('stg_prepaid_lots') }}

),

final as (

    select
        charges.period,
        charges.source,
        charges.account,
        charges.currency,
        charges.service_date as day,
        cast(sum(case when charges.charge_category = 'Usage' then charges.billed_cost else 0 end) as decimal(38, 12))
            as used,
        cast(sum(case when charges.billed_cost = 0 then charges.stated_cost else 0 end) as decimal(38, 12))
            as drawn_by_provider
    from charges
    inner join accounts on charges.source = accounts.source and charges.account = accounts.account
    group by charges.period, charges.source, charges.account, charges.currency, charges.service_date

)

select * from final
