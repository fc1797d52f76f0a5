-- From the bill to the journal in one row, the difference must be 0; as reported where the payer's period is closed.
with

bridged as (select * from {{ ref('int_bills_bridged') }}),
accounts as (select * from {{ ref('int_accounts_owned') }}),
loads as (select * from {{ ref('int_loads_counted') }}),
reported as (select * from {{ ref('stg_reported_reconciliation') }}),
placed as (select * from {{ ref('int_periods_placed') }}),

reconciled as (

    select
        bridged.*,
        accounts.entity_id,
        bridged.billed_cost - bridged.recognized_cost as not_recognized,
        bridged.recognized_cost - bridged.allocated - bridged.pooled as difference,
        loads.charge_loads_hash,
        loads.usage_loads_hash
    from bridged
    left join accounts on bridged.source = accounts.source and bridged.account = accounts.account
    left join loads
        on bridged.period = loads.period and bridged.source = loads.source and bridged.account = loads.account

),

final as (

    {{ as_reported('reconciled', 'reported', ['period', 'entity_id', 'source', 'account', 'currency', 'charge_rows',
        'billed_cost', 'recognized_cost', 'not_recognized', 'allocated', 'pooled', 'posted_rounded', 'difference',
        'charge_loads_hash', 'usage_loads_hash']) | indent(4) }}

)

select * from final
