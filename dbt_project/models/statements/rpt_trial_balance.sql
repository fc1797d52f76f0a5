-- Debits and credits per account, in the bill's currency and the entity's own; every entity's column sums to nothing.
with

postings as (

    select * from {{ ref('fct_postings') }}
    where {{ in_build_periods() }}

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
        functional_currency,
        cast(sum(debit) as decimal(28, 4)) as debit,
        cast(sum(credit) as decimal(28, 4)) as credit,
        cast(sum(debit) - sum(credit) as decimal(28, 4)) as balance,
        cast(sum(functional_debit) as decimal(28, 4)) as functional_debit,
        cast(sum(functional_credit) as decimal(28, 4)) as functional_credit,
        cast(sum(functional_debit) - sum(functional_credit) as decimal(28, 4)) as functional_balance
    from postings
    group by entity_id, book, period, currency, account_id, account_name, account_type, functional_currency

)

select * from final
