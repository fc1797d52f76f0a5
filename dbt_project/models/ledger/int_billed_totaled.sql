{{ config(schema='intermediate', contract={'enforced': false}) }}

-- What exports say was billed, by service period and billing period: the other side of an invoice.
with

charges as (

    select * from {{ ref('fct_charges') }}
    where {{ in_build_periods() }}

),

final as (

    select
        period,
        source,
        account,
        billing_period,
        currency,
        cast(count(*) as bigint) as charge_rows,
        cast(sum(billed_cost) as decimal(38, 12)) as billed_cost,
        cast(sum(case when charge_category = 'Tax' then billed_cost else 0 end) as decimal(38, 12)) as billed_tax,
        cast(sum(case when charge_category = 'Purchase' then billed_cost else 0 end) as decimal(38, 12)) as billed_purchase
    from charges
    group by period, source, account, billing_period, currency

)

select * from final
