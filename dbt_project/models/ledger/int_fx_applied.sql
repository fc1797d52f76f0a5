{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- The rate by which charges of a day in a currency are measured in the functional currency of who pays or bears them.
with

allocations as (

    select * from {{ ref('fct_allocations') }}
    where {{ in_build_periods() }}

),

accounts as (select * from {{ ref('int_accounts_owned') }}),
entities as (select * from {{ ref('stg_entities') }}),
fx_policies as (select * from {{ ref('stg_fx_policies') }}),
fx_rates as (select * from {{ ref('stg_fx_rates') }}),

borne as (

    select distinct
        source,
        account,
        entity_id,
        currency,
        charge_date
    from allocations

),

carried as (

    select
        entity_id,
        currency,
        charge_date
    from borne
    union distinct
    select
        accounts.entity_id,
        borne.currency,
        borne.charge_date
    from borne
    inner join accounts on borne.source = accounts.source and borne.account = accounts.account

),

pairs as (

    select distinct
        carried.currency as from_currency,
        entities.functional_currency as to_currency,
        carried.charge_date as day
    from carried
    inner join entities on carried.entity_id = entities.entity_id

),

needed as (

    select
        pairs.*,
        coalesce(fx_policies.days_back, 0) as days_back,
        case when fx_policies.method = 'month_average' then 'month_average' else 'spot' end as wanted
    from pairs
    left join fx_policies on {{ holds_on('fx_policies', 'pairs.day') }}

),

found as (

    {{ fx_found('needed', 'fx_rates') | indent(4) }}

),

final as (

    select
        from_currency,
        to_currency,
        day,
        {{ fx_rate_or_stop('found') }} as rate,
        rate_type,
        rate_date,
        rate_source
    from found

)

select * from final
