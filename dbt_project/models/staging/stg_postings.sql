with

postings as (select * from {{ source('ledger', 'postings') }}),

final as (select * from postings)

select * from final
