-- Debits and credits per account; every entity's column sums to nothing.
with

postings as (

    select * from "w"."finance"."fct_postings"
    where period in (select build_periods.period from "w"."lake"."build_periods" as build_periods)

),

final as (

    select
        entity_id,
        book,
        period,
        currency,
        account_id,
        account_name,
        account_type,
        cast(sum(debit) as decimal(28, 4)) as debit,
        cast(sum(credit) as decimal(28, 4)) as credit,
        cast(sum(debit) - sum(credit) as decimal(28, 4)) as balance
    from postings
    group by entity_id, book, period, currency, account_id, account_name, account_type

)

select * from final