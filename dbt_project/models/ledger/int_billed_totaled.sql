{{ config(schema='intermediate', contract={'enforced': false}) }}

-- What exports say was billed, by service period and billing period: the other side of an invoice.
with

charges as (

    select
        *,
        -- Claude Consumption Units are tokens of every class in one line
        charge_category = 'Usage' and (token_class is not null or unit = 'Claude Consumption Units') as is_of_tokens
    from {{ ref('fct_charges') }}
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
        cast(sum(case when charge_category = 'Purchase' then billed_cost else 0 end) as decimal(38, 12)) as billed_purchase,
        cast(sum(case when is_of_tokens then billed_cost else 0 end) as decimal(38, 12)) as billed_tokens,
        cast(sum(case when is_of_tokens then 1 else 0 end) as bigint) as token_rows
    from charges
    group by period, source, account, billing_period, currency

)

select * from final
