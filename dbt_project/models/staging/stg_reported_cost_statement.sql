with

reported as (select * from {{ source('ledger', 'rpt_cost_statement') }}),

final as (select * from reported)

select * from final
