{{ config(schema='intermediate', contract={'enforced': false}) }}

-- What metered use would cost: tokens at the price agreed, else at the public list price in dollars. No amount where some
-- use has no price, or prices are in several currencies.
with

usage_totals as (select * from {{ ref('int_usage_totals') }}),
drivers as (select * from {{ ref('stg_drivers') }}),
prices as (select * from {{ ref('stg_prices') }}),
price_agreements as (select * from {{ ref('stg_price_agreements') }}),

uses as (

    select
        drivers.cost_source as source,
        drivers.cost_account as account,
        usage_totals.service_date,
        usage_totals.model,
        usage_totals.token_class,
        usage_totals.unit,
        cast(sum(usage_totals.quantity) as {{ wide_integer() }}) as quantity
    from usage_totals
    inner join drivers on usage_totals.source = drivers.usage_source and usage_totals.account = drivers.usage_account
    group by
        drivers.cost_source, drivers.cost_account, usage_totals.service_date, usage_totals.model, usage_totals.token_class,
        usage_totals.unit

),

valued as (

    select
        uses.source,
        uses.account,
        {{ month_of('uses.service_date') }} as period,
        case when price_agreements.unit_price is null then 'USD' else price_agreements.currency end as currency,
        case
            when price_agreements.unit_price is null then uses.quantity * {{ to_picos('prices.unit_price') }}
            else
                {{ half_away_from_zero(
                    'uses.quantity * ' ~ to_picos('price_agreements.unit_price') ~ ' * 1000000',
                    whole_quotient(to_picos('price_agreements.unit_quantity'), 1000000)
                ) }}
        end as picos
    from uses
    left join price_agreements
        on
            uses.source = price_agreements.source
            and uses.account = price_agreements.account
            and uses.model = price_agreements.model
            and uses.token_class = price_agreements.token_class
            and {{ holds_on('price_agreements', 'uses.service_date') }}
    left join prices
        on
            uses.model = prices.model
            and uses.token_class = prices.token_class
            and {{ holds_on('prices', 'uses.service_date') }}
    where uses.unit = 'tokens'

),

final as (

    select
        period,
        source,
        account,
        min(currency) as currency,
        case
            when count(picos) = count(*) and min(currency) = max(currency) then {{ from_picos('sum(picos)') }}
        end as used_cost
    from valued
    group by period, source, account

)

select * from final
