-- INV-22: what one entity is due from another is what the other owes it, per pair, service period and currency; and in
-- the pair's own currency where both have the same.
with

sides as (

    select
        period,
        currency,
        least(entity_id, counterparty_entity_id) as one_entity_id,
        greatest(entity_id, counterparty_entity_id) as other_entity_id,
        sum(amount) as balance,
        case when count(distinct functional_currency) = 1 then sum(functional_amount) else 0 end as functional_balance
    from {{ ref('int_due_costs') }}
    where {{ in_build_periods() }} and counterparty_entity_id is not null and function is null
    group by
        period, currency, least(entity_id, counterparty_entity_id), greatest(entity_id, counterparty_entity_id)

)

select * from sides
where balance <> 0 or functional_balance <> 0
