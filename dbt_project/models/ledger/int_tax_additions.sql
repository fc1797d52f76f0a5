{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Research that US tax law spreads over years, by service period and in the bill's currency; a memo, never booked
-- (accounting.md EX-31). Foreign work makes one asset a tax year; domestic work, where the policy elects to, one a module.
with

costs as (

    select * from {{ ref('int_costs_totaled') }}
    where tax_treatment = 'capitalise'

),

projects as (select * from {{ ref('stg_projects') }}),
currencies as (select * from {{ ref('stg_currencies') }}),

placed as (

    select
        costs.*,
        coalesce(projects.location_of_work = 'US', false) as is_domestic
    from costs
    left join projects
        on costs.project_id = projects.project_id and {{ holds_on('projects', 'costs.charge_date') }}

),

totals as (

    select
        entity_id,
        project_id,
        case when is_domestic then module_id end as module_id,
        case when not is_domestic then substr(period, 1, 4) end as tax_year,
        currency,
        period,
        sum(amount) as amount
    from placed
    group by
        entity_id, project_id, case when is_domestic then module_id end,
        case when not is_domestic then substr(period, 1, 4) end, currency, period

),

-- A memo has no entry to balance: each amount is rounded for itself.
measured as (

    select
        totals.*,
        {{ to_picos('totals.amount') }} as picos,
        {{ picos_in_minor_unit('currencies.minor_units') }} as pico
    from totals
    left join currencies on totals.currency = currencies.currency

),

final as (

    select
        'TAX_US' as book,
        case when tax_year is null then 'elected_research' else 'foreign_research' end as asset_class,
        entity_id,
        project_id,
        module_id,
        tax_year,
        cast(null as string) as account_id,
        currency,
        period,
        {{ from_picos(half_away_from_zero('picos', 'pico') ~ ' * pico') }} as added
    from measured

)

select * from final
