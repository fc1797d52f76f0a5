{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Prepaid lots in the order they are drawn: free ones first, then by expiry. Where the provider's export itself draws, it
-- does so at cost, so a lot holds its cost; else it holds its face, and a unit costs what was paid for it.
with

lots as (select * from {{ ref('stg_prepaid_lots') }}),
used as (select * from {{ ref('int_prepaid_used') }}),
accounts as (select * from {{ ref('stg_accounts') }}),
entities as (select * from {{ ref('stg_entities') }}),
currencies as (select * from {{ ref('stg_currencies') }}),
rates as (select * from {{ ref('int_fx_transacted') }}),

drawn_by_provider as (

    select
        source,
        account
    from used
    group by source, account
    having sum(drawn_by_provider) <> 0

),

owned as (

    select
        lots.*,
        accounts.entity_id,
        coalesce(entities.functional_currency, lots.currency) as functional_currency,
        drawn_by_provider.source is not null as is_drawn_by_provider
    from lots
    inner join accounts on lots.source = accounts.source and lots.account = accounts.account
    left join entities on accounts.entity_id = entities.entity_id
    left join drawn_by_provider on lots.source = drawn_by_provider.source and lots.account = drawn_by_provider.account

),

final as (

    select
        owned.*,
        {{ to_picos('case when owned.is_drawn_by_provider then owned.cost_amount else owned.face_amount end') }} as held,
        {{ to_minor_units('owned.cost_amount', 'currencies.minor_units') }} as cost_units,
        {{ to_minor_units('owned.cost_amount', 'own.minor_units', 'rates.fx_rate') }} as functional_units,
        {{ picos_in_minor_unit('currencies.minor_units') }} as pico,
        {{ picos_in_minor_unit('own.minor_units') }} as functional_pico,
        rates.fx_rate,
        rates.fx_rate_type,
        rates.fx_rate_date,
        rates.fx_rate_source,
        cast(row_number() over (
            partition by owned.source, owned.account, owned.currency
            order by
                case when owned.kind = 'promotional' then 0 else 1 end,
                coalesce(owned.expires_on, cast('9999-12-31' as date)),
                owned.purchased_on,
                owned.lot_id
        ) as integer) as place
    from owned
    inner join rates
        on
            owned.currency = rates.from_currency
            and owned.functional_currency = rates.to_currency
            and owned.purchased_on = rates.day
    left join currencies on owned.currency = currencies.currency
    left join currencies as own on owned.functional_currency = own.currency

)

select * from final
