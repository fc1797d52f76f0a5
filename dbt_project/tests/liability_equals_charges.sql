-- INV-04: what an account's bill is due in the ledger = what it was charged, to half a minor unit: rounded once, and only
-- once.
with

charged as (

    select
        period,
        source,
        account,
        currency,
        sum(recognized_cost) as amount
    from {{ ref('fct_charges') }}
    where {{ in_build_periods() }}
    group by period, source, account, currency

),

owed as (

    select
        period,
        source,
        account,
        currency,
        -sum(amount) as amount
    from {{ ref('int_due_costs') }}
    where {{ in_build_periods() }} and function is null and counterparty_entity_id is null
    group by period, source, account, currency

)

select
    coalesce(charged.period, owed.period) as period,
    coalesce(charged.source, owed.source) as source,
    coalesce(charged.account, owed.account) as account,
    charged.amount as charged,
    owed.amount as owed
from charged
full outer join owed
    on
        charged.period = owed.period
        and charged.source = owed.source
        and charged.account = owed.account
        and charged.currency = owed.currency
left join {{ ref('stg_currencies') }} as currencies on coalesce(charged.currency, owed.currency) = currencies.currency
where
    {{ to_picos('abs(coalesce(charged.amount, 0) - coalesce(owed.amount, 0))') }} * 2
    > {{ picos_in_minor_unit('currencies.minor_units') }}
