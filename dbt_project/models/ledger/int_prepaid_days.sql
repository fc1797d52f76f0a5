{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- What each lot gave on each day: face and cost. The cost of a lot is spread over what it gives cumulatively, so that the
-- parts sum to it whatever the draws are (accounting.md EX-24).
with

lots as (select * from {{ ref('int_prepaid_lots') }}),
used as (select * from {{ ref('int_prepaid_used') }}),

days as (

    select
        used.source,
        used.account,
        used.currency,
        used.day,
        greatest(
            {{ to_picos('case when lots.is_drawn_by_provider then used.drawn_by_provider else used.used end') }},
            cast(0 as {{ wide_integer() }})
        ) as rest
    from used
    inner join lots
        on
            used.source = lots.source
            and used.account = lots.account
            and used.currency = lots.currency
            and lots.place = 1

),

drawn as (

    {{ lots_drawn('days', 'lots') | indent(4) }}

),

final as (

    select
        lots.lot_id,
        lots.source,
        lots.account,
        lots.entity_id,
        lots.currency,
        lots.functional_currency,
        lots.is_drawn_by_provider,
        lots.fx_rate,
        lots.fx_rate_type,
        lots.fx_rate_date,
        lots.fx_rate_source,
        {{ month_of('drawn.day') }} as period,
        drawn.day,
        {{ from_picos('drawn.up_to - drawn.before') }} as drawn_face,
        {{ lot_cost('lots.cost_units', 'lots.pico', 'drawn.before', 'drawn.up_to', 'lots.held') }} as drawn_cost,
        {{ lot_cost('lots.functional_units', 'lots.functional_pico', 'drawn.before', 'drawn.up_to', 'lots.held') }} as functional_drawn_cost
    from drawn
    inner join lots
        on
            drawn.source = lots.source
            and drawn.account = lots.account
            and drawn.currency = lots.currency
            and drawn.place = lots.place

)

select * from final
