-- The months of each entity with their state, and the month in which what is due of them is booked.
with

ledger_periods as (select * from {{ ref('stg_ledger_periods') }}),
placed as (select * from {{ ref('int_periods_placed') }}),

-- A month that was built and of which the ledger says nothing is open.
months as (

    select
        entities.entity_id,
        periods.period
    from {{ ref('stg_entities') }} as entities
    cross join {{ ref('dim_periods') }} as periods
    union distinct
    select
        entity_id,
        period
    from ledger_periods

),

final as (

    select
        months.entity_id,
        months.period,
        coalesce(ledger_periods.state, 'open') as state,
        coalesce(placed.posting_period, months.period) as posting_period
    from months
    left join ledger_periods
        on months.entity_id = ledger_periods.entity_id and months.period = ledger_periods.period
    left join placed on months.entity_id = placed.entity_id and months.period = placed.service_period

)

select * from final
