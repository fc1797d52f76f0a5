-- INV-11: no posting rule and no line of the journal names the management view; the general ledger does not know it.
select
    'posting_rules.csv' as named_in,
    concat_ws('/', event, treatment, function) as what
from {{ ref('stg_posting_rules') }}
where
    concat_ws('/', event, treatment, function) like '%utility_opex%'
    or concat_ws('/', event, treatment, function) like '%human_capital%'

union all

select
    'the journal' as named_in,
    posting_id as what
from {{ ref('fct_postings') }}
where
    {{ in_build_periods() }}
    and (
        lower(book) like '%management%'
        or lower(rule) like '%management%'
        or lower(rule) like '%human_capital%'
        or lower(natural_class) like '%human_capital%'
    )
