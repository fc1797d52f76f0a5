{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- What prepaid credit has to say in the journal: bought, drawn from in a period, and what is left when it expires. What a
-- provider's export itself draws is booked with its cost (int_due_costs).
with

lots as (select * from {{ ref('int_prepaid_lots') }}),
draws as (select * from {{ ref('int_prepaid_days') }}),
build_periods as (select * from {{ ref('stg_build_periods') }}),

given as (

    select
        lot_id,
        sum(drawn_cost) as drawn_cost,
        sum(functional_drawn_cost) as functional_drawn_cost
    from draws
    group by lot_id

),

{% set rate = 'lots.fx_rate, lots.fx_rate_type, lots.fx_rate_date, lots.fx_rate_source' -%}

final as (

    select
        'prepaid_purchase' as event, 'prepaid' as treatment, 'purchase' as cause, entity_id, source, account, currency,
        purchased_on as day, {{ from_minor_units('cost_units', 'pico') }} as amount, functional_currency,
        {{ from_minor_units('functional_units', 'functional_pico') }} as functional_amount, {{ rate }}, lot_id as document
    from lots

    union all

    select
        'breakage' as event, 'expense' as treatment, 'expiry' as cause, lots.entity_id, lots.source, lots.account,
        lots.currency, lots.expires_on as day,
        {{ from_minor_units('lots.cost_units', 'lots.pico') }} - coalesce(given.drawn_cost, 0) as amount,
        lots.functional_currency,
        {{ from_minor_units('lots.functional_units', 'lots.functional_pico') }} - coalesce(given.functional_drawn_cost, 0)
            as functional_amount,
        {{ rate }}, lots.lot_id as document
    from lots
    left join given on lots.lot_id = given.lot_id
    where lots.expires_on is not null

    union all

    select
        'drawdown' as event, 'prepaid' as treatment, 'period_end' as cause, lots.entity_id, lots.source, lots.account,
        lots.currency, {{ day_before('build_periods.end_date') }} as day, sum(lots.drawn_cost) as amount,
        lots.functional_currency, sum(lots.functional_drawn_cost) as functional_amount, {{ rate }},
        lots.lot_id as document
    from draws as lots
    inner join build_periods on lots.period = build_periods.period
    where not lots.is_drawn_by_provider
    group by
        lots.entity_id, lots.source, lots.account, lots.currency, lots.functional_currency, {{ rate }}, lots.lot_id,
        build_periods.end_date

)

select * from final
