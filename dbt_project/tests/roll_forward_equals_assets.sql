-- INV-17: what the ledger holds on the accounts of software is what the assets amount to, one by one.
with

assets as (

    select
        amortization.entity_id,
        amortization.period,
        amortization.currency,
        case
            when amortization.asset_class = 'cca_implementation' then 'implementation'
            when amortization.is_in_service then 'in_service'
            else 'in_progress'
        end as account_group,
        case when amortization.asset_class = 'cca_implementation' then amortization.carrying_amount else amortization.cost end
            as amount
    from {{ ref('fct_amortization') }} as amortization
    inner join {{ ref('stg_settings') }} as settings on amortization.book = settings.book
    where {{ in_build_periods('amortization.period') }}
    union all
    select
        amortization.entity_id,
        amortization.period,
        amortization.currency,
        'accumulated' as account_group,
        -amortization.accumulated as amount
    from {{ ref('fct_amortization') }} as amortization
    inner join {{ ref('stg_settings') }} as settings on amortization.book = settings.book
    where {{ in_build_periods('amortization.period') }} and amortization.asset_class <> 'cca_implementation'

),

both_sides as (

    select * from assets
    union all
    select
        entity_id,
        period,
        currency,
        account_group,
        -closing as amount
    from {{ ref('rpt_roll_forward') }}
    where {{ in_build_periods() }} and account_group in ('in_progress', 'in_service', 'accumulated', 'implementation')

)

select
    entity_id,
    period,
    currency,
    account_group,
    sum(amount) as difference
from both_sides
group by entity_id, period, currency, account_group
having sum(amount) <> 0
