{{ config(materialized='table') }}

-- Both views of every month that was ever closed: as reported (posted in the month itself), what was adjusted since
-- (posted or still a draft, in whichever month), and their sum, restated. Debit positive; every line of the journal.
with

postings as (select * from {{ ref('fct_postings') }}),
entries as (select * from {{ ref('fct_journal_entries') }}),

{% set grain = ['service_period', 'entity_id', 'currency', 'functional_currency', 'account_id', 'account_name',
    'cost_center_id', 'function', 'project_id'] -%}

placed as (

    select
        {% for name in grain -%}
        postings.{{ name }},
        {% endfor -%}
        postings.debit - postings.credit as amount,
        postings.functional_debit - postings.functional_credit as functional_amount,
        entries.status = 'posted' and postings.period = postings.service_period as is_reported
    from postings
    inner join entries on postings.entry_id = entries.entry_id

),

lines as (

    select
        *,
        case when is_reported then amount else 0 end as reported,
        case when is_reported then functional_amount else 0 end as functional_reported
    from placed

),

closed as (

    select
        service_period,
        entity_id
    from lines
    where is_reported
    group by service_period, entity_id

),

final as (

    select
        {% for name in grain -%}
        lines.{{ name }},
        {% endfor -%}
        cast(sum(lines.reported) as decimal(28, 4)) as reported,
        cast(sum(lines.amount - lines.reported) as decimal(28, 4)) as adjusted,
        cast(sum(lines.amount) as decimal(28, 4)) as restated,
        cast(sum(lines.functional_reported) as decimal(28, 4)) as functional_reported,
        cast(sum(lines.functional_amount - lines.functional_reported) as decimal(28, 4)) as functional_adjusted,
        cast(sum(lines.functional_amount) as decimal(28, 4)) as functional_restated
    from lines
    inner join closed on lines.service_period = closed.service_period and lines.entity_id = closed.entity_id
    group by {% for name in grain %}lines.{{ name }}{{ ', ' if not loop.last }}{% endfor %}

)

select * from final
