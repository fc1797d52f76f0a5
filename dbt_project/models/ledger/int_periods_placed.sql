{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Closed service periods of each entity, and the open period in which corrections of them are booked.
with

ledger_periods as (select * from {{ ref('stg_ledger_periods') }}),
posting_periods as (select * from {{ ref('stg_posting_periods') }}),

final as (

    select
        ledger_periods.entity_id,
        ledger_periods.period as service_period,
        case
            when posting_periods.period is not null then posting_periods.period
            else {{ stop_with("'ledger.posting_periods names no open period of ' || ledger_periods.entity_id") }}
        end as posting_period
    from ledger_periods
    left join posting_periods on ledger_periods.entity_id = posting_periods.entity_id
    where ledger_periods.state in ('closed', 'locked')

)

select * from final
