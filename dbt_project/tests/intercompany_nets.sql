-- What one entity may claim from another is what the other owes it: receivable = payable, per pair, period, currency.
with

sides as (

    select
        period,
        currency,
        least(entity_id, counterparty_entity_id) as one_entity_id,
        greatest(entity_id, counterparty_entity_id) as other_entity_id,
        sum(debit) - sum(credit) as balance
    from {{ ref('fct_postings') }}
    where {{ in_build_periods() }} and counterparty_entity_id is not null and function is null
    group by
        period, currency, least(entity_id, counterparty_entity_id), greatest(entity_id, counterparty_entity_id)

)

select * from sides
where balance <> 0
