-- The legs of the journal: one side each, in minor units of the currency.
with

legs as (select * from {{ ref('int_legs') }}),

entries as (

    select * from {{ ref('fct_journal_entries') }}
    where {{ in_build_periods() }}

),

chart_of_accounts as (select * from {{ ref('stg_chart_of_accounts') }}),

numbered as (

    select
        entries.entry_id,
        entries.book,
        entries.service_period,
        entries.posting_date,
        legs.*,
        cast(row_number() over (
            partition by entries.entry_id
            order by
                case when legs.amount > 0 then 0 else 1 end,
                legs.account_id,
                coalesce(legs.cost_center_id, ''),
                coalesce(legs.function, ''),
                legs.cause,
                coalesce(legs.counterparty_entity_id, '')
        ) as integer) as line_no
    from legs
    inner join entries
        on legs.entity_id = entries.entity_id and legs.period = entries.period and legs.currency = entries.currency

),

final as (

    select
        numbered.entry_id || ':' || cast(numbered.line_no as string) as posting_id,
        numbered.entry_id,
        numbered.line_no,
        numbered.entity_id,
        numbered.book,
        numbered.period,
        numbered.service_period,
        numbered.posting_date,
        numbered.account_id,
        chart_of_accounts.account_name,
        chart_of_accounts.account_type,
        numbered.cost_center_id,
        numbered.function,
        chart_of_accounts.natural_class,
        cast(case when numbered.amount > 0 then numbered.amount else 0 end as decimal(28, 4)) as debit,
        cast(case when numbered.amount < 0 then -numbered.amount else 0 end as decimal(28, 4)) as credit,
        numbered.currency,
        numbered.cause,
        numbered.counterparty_entity_id
    from numbered
    left join chart_of_accounts on numbered.account_id = chart_of_accounts.account_id

)

select * from final
