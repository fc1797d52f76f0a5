-- What metered use should cost, by day and by what its price depends on. For reconciliation only: nothing in the books comes
-- from it. A use that no price is known for is told with its quantity, never as 0.
with

priced as (

    select * from {{ ref('int_usage_priced') }}
    where {{ in_build_periods() }}

),

accounts as (select * from {{ ref('stg_accounts') }}),

final as (

    select
        priced.period,
        coalesce(accounts.entity_id, '(unassigned)') as entity_id,
        priced.source,
        priced.account,
        priced.metered,
        priced.usage_source,
        priced.usage_account,
        priced.service_date,
        priced.model,
        priced.token_class,
        priced.service_tier,
        priced.context_window,
        cast(priced.quantity as decimal(38, 0)) as quantity,
        priced.unit,
        priced.price_basis,
        priced.price_note,
        cast(priced.unit_quantity as decimal(18, 6)) as unit_quantity,
        cast(priced.unit_price as decimal(28, 12)) as unit_price,
        priced.price_from,
        {{ from_picos('priced.expected_picos') }} as expected_cost,
        priced.currency
    from priced
    left join accounts on priced.source = accounts.source and priced.account = accounts.account

)

select * from final
