-- The cost that a month's journal books, in parts that sum to it twice: what is attributed, the pool and adjustments of
-- earlier months; and what is posted and what is still a draft.
with

postings as (

    select * from {{ ref('fct_postings') }}
    where {{ in_build_periods() }} and {{ bears_cost() }}

),

entries as (

    select * from {{ ref('fct_journal_entries') }}
    where {{ in_build_periods() }}

),

lines as (

    select
        postings.period,
        postings.entity_id,
        postings.currency,
        postings.debit - postings.credit as amount,
        case
            when postings.service_period <> postings.period then 'adjusted'
            when postings.function = 'unallocated' then 'pool'
            else 'attributed'
        end as part,
        entries.status
    from postings
    inner join entries on postings.entry_id = entries.entry_id

),

final as (

    select
        period,
        entity_id,
        currency,
        {% for column, value in [('part', 'attributed'), ('part', 'pool'), ('part', 'adjusted'), ('status', 'posted'),
            ('status', 'draft')] -%}
        cast(sum(case when {{ column }} = '{{ value }}' then amount else 0 end) as decimal(28, 4)) as {{ value }},
        {% endfor -%}
        cast(sum(amount) as decimal(28, 4)) as total
    from lines
    group by period, entity_id, currency

)

select * from final
