with

reported as (select * from {{ source('ledger', 'rpt_allocation_basis') }}),

final as (select * from reported)

select * from final
