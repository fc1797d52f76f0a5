-- What an entity owes in the journal = what its accounts were charged, to half a minor unit: rounded once, and only once.
with

charged as (

    select
        period,
        entity_id,
        currency,
        sum(recognized_cost) as amount
    from {{ ref('fct_charges') }}
    where {{ in_build_periods() }}
    group by period, entity_id, currency

),

owed as (

    select
        period,
        entity_id,
        currency,
        sum(credit) - sum(debit) as amount
    from {{ ref('fct_postings') }}
    where {{ in_build_periods() }} and function is null and counterparty_entity_id is null
    group by period, entity_id, currency

)

select
    coalesce(charged.period, owed.period) as period,
    coalesce(charged.entity_id, owed.entity_id) as entity_id,
    charged.amount as charged,
    owed.amount as owed
from charged
full outer join owed
    on charged.period = owed.period and charged.entity_id = owed.entity_id and charged.currency = owed.currency
left join {{ ref('stg_currencies') }} as currencies on coalesce(charged.currency, owed.currency) = currencies.currency
where
    {{ to_picos('abs(coalesce(charged.amount, 0) - coalesce(owed.amount, 0))') }} * 2
    > {{ picos_in_minor_unit('currencies.minor_units') }}
