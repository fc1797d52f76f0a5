-- Management class (management view, not GAAP or IFRS) against statutory treatment over the same shares, with the reason
-- that US GAAP gives: the cells sum to the cost of the period.
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
        ifrs_treatment,
        tax_treatment,
        us_gaap_reason as reason,
        sum(amount) as amount
    from allocations
    group by
        period, entity_id, currency, mgmt_class, us_gaap_treatment, ifrs_treatment, tax_treatment, us_gaap_reason

),

final as (

    {{ as_reported('bridged', 'reported', ['period', 'entity_id', 'currency', 'mgmt_class', 'us_gaap_treatment',
        'ifrs_treatment', 'tax_treatment', 'reason', 'amount']) | indent(4) }}

)

select * from final
