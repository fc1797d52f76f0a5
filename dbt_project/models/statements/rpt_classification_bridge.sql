-- Management class against statutory treatment over the same shares: the cells sum to the cost of the period.
with

allocations as (

    select * from {{ ref('fct_allocations') }}
    where {{ in_build_periods() }}

),

reported as (select * from {{ ref('stg_reported_classification_bridge') }}),
placed as (select * from {{ ref('int_periods_placed') }}),

bridged as (

    select
        period,
        entity_id,
        currency,
        mgmt_class,
        us_gaap_treatment,
        mgmt_reason as reason,
        sum(amount) as amount
    from allocations
    group by period, entity_id, currency, mgmt_class, us_gaap_treatment, mgmt_reason

),

final as (

    {{ as_reported('bridged', 'reported', ['period', 'entity_id', 'currency', 'mgmt_class', 'us_gaap_treatment', 'reason',
        'amount']) | indent(4) }}

)

select * from final
