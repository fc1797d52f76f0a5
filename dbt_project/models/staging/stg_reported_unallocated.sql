with

reported as (select * from {{ source('ledger', 'rpt_unallocated') }}),

final as (select * from reported)

select * from final
