-- What is booked together: one entry per cause, posted or still a draft. Its id follows from its lines, so a re-run is the
-- same entry, and a draft keeps its id when it is posted.
with

lines as (select * from {{ ref('int_journal_lines') }}),

postings as (

    select * from {{ ref('stg_postings') }}
    where {{ in_build_periods() }}

),

settings as (select * from {{ ref('stg_settings') }}),

{% set entry = var('entry_columns') -%}

drafts as (

    select
        {{ entry | join(', ') }},
        {%- for name in ['amount', 'functional_amount'] %}
        cast(sum(case when {{ name }} > 0 then {{ name }} else 0 end) as decimal(28, 4)) as {{ name }}_debit,
        cast(sum(case when {{ name }} < 0 then -{{ name }} else 0 end) as decimal(28, 4)) as {{ name }}_credit,
        {%- endfor %}
        cast(count(*) as bigint) as lines,
        {{ sorted_texts(row_key(['account_id', 'cost_center_id', 'function', 'project_id', 'module_id', 'source',
            'account', 'counterparty_entity_id', 'amount', 'functional_amount', 'reversal_of'])) }} as lines_text
    from lines
    where posting_id is null
    group by {{ entry | join(', ') }}

),

final as (

    select
        {{ sha256_hex(
            "concat_ws('|', settings.book, " ~ ("drafts." ~ entry | join(', drafts.')) ~ ", "
            ~ sha256_hex('drafts.lines_text') ~ ")"
        ) }} as entry_id,
        {%- for name in entry %}
        drafts.{{ name }},
        {%- endfor %}
        settings.book,
        drafts.amount_debit as debit_total,
        drafts.amount_credit as credit_total,
        drafts.functional_amount_debit as functional_debit_total,
        drafts.functional_amount_credit as functional_credit_total,
        drafts.lines,
        'draft' as status
    from drafts
    cross join settings

    union all

    select
        entry_id,
        {{ entry | join(', ') }},
        book,
        cast(sum(debit) as decimal(28, 4)) as debit_total,
        cast(sum(credit) as decimal(28, 4)) as credit_total,
        cast(sum(functional_debit) as decimal(28, 4)) as functional_debit_total,
        cast(sum(functional_credit) as decimal(28, 4)) as functional_credit_total,
        cast(count(*) as bigint) as lines,
        'posted' as status
    from postings
    group by entry_id, book, {{ entry | join(', ') }}

)

select * from final
