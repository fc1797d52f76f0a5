-- The legs of the journal: one side each, in minor units of the bill's currency and of the entity's own.
with

legs as (

    select * from {{ ref('int_journal_lines') }}
    where posting_id is null

),

entries as (

    select * from {{ ref('fct_journal_entries') }}
    where {{ in_build_periods() }} and status = 'draft'

),

chart_of_accounts as (select * from {{ ref('stg_chart_of_accounts') }}),

postings as (

    select * from {{ ref('stg_postings') }}
    where {{ in_build_periods() }}

),

numbered as (

    select
        entries.entry_id,
        entries.book,
        legs.*,
        cast(row_number() over (
            partition by entries.entry_id
            order by
                case when legs.amount > 0 then 0 else 1 end,
                legs.account_id,
                coalesce(legs.cost_center_id, ''),
                {{ row_key(['legs.function', 'legs.project_id', 'legs.module_id', 'legs.source', 'legs.account',
                    'legs.counterparty_entity_id', 'legs.functional_amount', 'legs.reversal_of']) }}
        ) as integer) as line_no
    from legs
    inner join entries
        on
            legs.entity_id = entries.entity_id
            {%- for name in var('entry_columns') %} and legs.{{ name }} = entries.{{ name }}{% endfor %}

),

drafts as (

    select
        numbered.*,
        numbered.entry_id || ':' || cast(numbered.line_no as string) as draft_id,
        chart_of_accounts.account_name,
        chart_of_accounts.account_type,
        chart_of_accounts.natural_class,
        greatest(numbered.amount, 0) as debit,
        greatest(-numbered.amount, 0) as credit,
        greatest(numbered.functional_amount, 0) as functional_debit,
        greatest(-numbered.functional_amount, 0) as functional_credit
    from numbered
    left join chart_of_accounts on numbered.account_id = chart_of_accounts.account_id

),

final as (

    {% for relation in ['drafts', 'postings'] -%}
    select
        {{- typed(var('posting_columns'), relation) | replace('drafts.posting_id', 'drafts.draft_id') }}
    from {{ relation }}
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
)

select * from final
