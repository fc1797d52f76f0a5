-- INV-12: every entry balances in the bill's currency and in the entity's own, has two legs or more, and each leg one
-- side and an amount; what the entry says it totals is what its legs sum to.
with

entries as (

    select * from {{ ref('fct_journal_entries') }}
    where {{ in_build_periods() }}

),

legs as (

    select
        entry_id,
        {%- for name in ['debit', 'credit', 'functional_debit', 'functional_credit'] %}
        sum({{ name }}) as {{ name }},
        {%- endfor %}
        count(*) as lines,
        count(distinct entity_id || currency || functional_currency) as units,
        min(
            case
                when debit < 0 or credit < 0 or functional_debit < 0 or functional_credit < 0 then 0
                when debit > 0 and credit > 0 then 0
                when functional_debit > 0 and functional_credit > 0 then 0
                when debit + credit + functional_debit + functional_credit = 0 then 0
                else 1
            end
        ) as is_one_sided
    from {{ ref('fct_postings') }}
    where {{ in_build_periods() }}
    group by entry_id

)

select
    coalesce(entries.entry_id, legs.entry_id) as entry_id,
    legs.debit,
    legs.credit,
    legs.functional_debit,
    legs.functional_credit
from entries
full outer join legs on entries.entry_id = legs.entry_id
where
    entries.entry_id is null
    or legs.entry_id is null
    or legs.debit <> legs.credit
    or legs.functional_debit <> legs.functional_credit
    {%- for name in ['debit', 'credit', 'functional_debit', 'functional_credit'] %}
    or legs.{{ name }} <> entries.{{ name }}_total
    {%- endfor %}
    or legs.lines <> entries.lines
    or legs.lines < 2
    or legs.units <> 1
    or legs.is_one_sided = 0
