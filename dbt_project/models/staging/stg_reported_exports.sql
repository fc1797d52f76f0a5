with

reported as (select * from {{ source('ledger', 'rpt_exports') }}),

final as (select * from reported)

select * from final
