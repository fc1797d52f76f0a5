with

reported as (select * from {{ source('ledger', 'rpt_reconciliation') }}),

final as (select * from reported)

select * from final
