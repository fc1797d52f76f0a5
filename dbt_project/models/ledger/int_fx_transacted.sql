{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- The spot rate of each day on which credit was bought, an invoice issued or a payment made, in the entity's own currency.
with

accounts as (select * from {{ ref('stg_accounts') }}),
entities as (select * from {{ ref('stg_entities') }}),
fx_rates as (select * from {{ ref('stg_fx_rates') }}),
fx_policies as (select * from {{ ref('stg_fx_policies') }}),

transactions as (

    select
        source,
        account,
        currency,
        purchased_on as day
    from {{ ref('stg_prepaid_lots') }}
    union distinct
    select
        source,
        account,
        currency,
        issue_date as day
    from {{ ref('int_invoice_lines') }}

),

needed as (

    select distinct
        transactions.currency as from_currency,
        coalesce(entities.functional_currency, transactions.currency) as to_currency,
        transactions.day,
        'spot' as wanted,
        coalesce(fx_policies.days_back, 0) as days_back
    from transactions
    inner join accounts on transactions.source = accounts.source and transactions.account = accounts.account
    left join entities on accounts.entity_id = entities.entity_id
    left join fx_policies on {{ holds_on('fx_policies', 'transactions.day') }}

),

found as (

    {{ fx_found('needed', 'fx_rates') | indent(4) }}

),

final as (

    select
        from_currency,
        to_currency,
        day,
        {{ fx_rate_or_stop('found') }} as fx_rate,
        rate_type as fx_rate_type,
        rate_date as fx_rate_date,
        rate_source as fx_rate_source
    from found

)

select * from final
