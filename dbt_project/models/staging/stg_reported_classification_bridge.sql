with

reported as (select * from {{ source('ledger', 'rpt_classification_bridge') }}),

final as (select * from reported)

select * from final
