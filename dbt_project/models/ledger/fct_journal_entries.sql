-- One period-end accrual per entity, book, period and currency; its id follows from its lines, so a re-run is the same entry.
with

legs as (select * from {{ ref('int_legs') }}),
settings as (select * from {{ ref('stg_settings') }}),

entries as (

    select
        period,
        period_end,
        currency,
        entity_id,
        cast(sum(case when amount > 0 then amount else 0 end) as decimal(28, 4)) as debit_total,
        cast(sum(case when amount < 0 then -amount else 0 end) as decimal(28, 4)) as credit_total,
        cast(count(*) as bigint) as lines,
        {{ sorted_texts(
            "concat_ws(':', account_id, coalesce(cost_center_id, ''), coalesce(function, ''), "
            ~ "coalesce(counterparty_entity_id, ''), cause, cast(amount as string))"
        ) }} as lines_text
    from legs
    group by period, period_end, currency, entity_id

),

final as (

    select
        {{ sha256_hex(
            "concat_ws('|', settings.book, entries.entity_id, entries.period, 'accrual', entries.currency, "
            ~ sha256_hex('entries.lines_text') ~ ")"
        ) }} as entry_id,
        entries.entity_id,
        settings.book,
        entries.period,
        entries.period as service_period,
        entries.period_end as posting_date,
        'accrual' as kind,
        entries.currency,
        'period_end_accrual' as cause,
        entries.debit_total,
        entries.credit_total,
        entries.lines
    from entries
    cross join settings

)

select * from final
