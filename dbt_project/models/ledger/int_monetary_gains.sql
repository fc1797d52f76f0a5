{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- What a monetary balance in foreign currency has gained up to a month's end: its worth at the closing rate, less what it
-- stands at.
with

balances as (select * from {{ ref('int_monetary_balances') }}),
fx_rates as (select * from {{ ref('stg_fx_rates') }}),
currencies as (select * from {{ ref('stg_currencies') }}),

needed as (

    select
        currency as from_currency,
        functional_currency as to_currency,
        day,
        'closing' as wanted,
        max(days_back) as days_back
    from balances
    where balance <> 0
    group by currency, functional_currency, day

),

found as (

    {{ fx_found('needed', 'fx_rates') | indent(4) }}

),

rated as (

    select
        *,
        {{ fx_rate_or_stop('found') }} as fx_rate
    from found

),

final as (

    select
        balances.*,
        rated.fx_rate,
        coalesce(rated.rate_type, 'closing') as fx_rate_type,
        coalesce(rated.rate_date, balances.day) as fx_rate_date,
        coalesce(rated.rate_source, 'nothing is held') as fx_rate_source,
        {{ from_minor_units(
            to_minor_units('balances.balance', 'currencies.minor_units', 'coalesce(rated.fx_rate, 0)'),
            picos_in_minor_unit('currencies.minor_units')
        ) }} - balances.functional_balance as gained
    from balances
    left join rated
        on
            balances.currency = rated.from_currency and balances.functional_currency = rated.to_currency
            and balances.day = rated.day
    left join currencies on balances.functional_currency = currencies.currency

)

select * from final
