{{ config(schema='intermediate', contract={'enforced': false}) }}

-- What metered tokens should cost by account and month (int_usage_priced). No `used_cost` where some use has no price, prices
-- are in several currencies, or the use was metered in another account: that may be of several bills.
with

priced as (

    select
        *,
        case when price_basis = 'unpriced' then coalesce(model, '(no model)') end as unpriced_model
    from {{ ref('int_usage_priced') }}
    where unit = 'tokens' and {{ in_build_periods() }}

),

totaled as (

    select
        period,
        source,
        account,
        min(metered) as metered,
        min(currency) as currency,
        sum(quantity) as quantity,
        sum(case when unpriced_model is not null then quantity else 0 end) as unpriced_quantity,
        {{ sorted_texts('distinct unpriced_model') }} as unpriced_models,
        {{ sorted_texts('distinct price_basis') }} as price_basis,
        {{ sorted_texts('distinct price_note') }} as price_notes,
        case when min(currency) = max(currency) then {{ from_picos('sum(expected_picos)') }} end as expected_cost
    from priced
    group by period, source, account

),

final as (

    select
        *,
        case when metered = 'own' and unpriced_quantity = 0 then expected_cost end as used_cost
    from totaled

)

select * from final
