{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Each currency, day and functional currency that a charge is measured in: of who bears it and of who pays it.
with

allocations as (

    select * from {{ ref('fct_allocations') }}
    where {{ in_build_periods() }}

),

accounts as (select * from {{ ref('int_accounts_owned') }}),
entities as (select * from {{ ref('stg_entities') }}),

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

final as (

    select distinct
        carried.currency as from_currency,
        entities.functional_currency as to_currency,
        carried.charge_date as day
    from carried
    inner join entities on carried.entity_id = entities.entity_id

)

select * from final
