-- Management class (management view, not GAAP or IFRS) against the treatment of each framework over the same shares, with
-- reason codes (`reason` is that of US GAAP): the cells sum to the cost of the period.
{%- set cells = ['mgmt_class', 'us_gaap_treatment', 'ifrs_treatment', 'tax_treatment', 'reason', 'ifrs_reason', 'tax_reason'] %}
with

allocations as (

    select
        *,
        us_gaap_reason as reason
    from {{ ref('fct_allocations') }}
    where {{ in_build_periods() }}

),

reported as (select * from {{ ref('stg_reported_classification_bridge') }}),
placed as (select * from {{ ref('int_periods_placed') }}),

bridged as (

    select
        period,
        entity_id,
        currency,
        {{ cells | join(', ') }},
        sum(amount) as amount
    from allocations
    group by period, entity_id, currency, {{ cells | join(', ') }}

),

final as (

    {{ as_reported('bridged', 'reported', ['period', 'entity_id', 'currency'] + cells + ['amount']) | indent(4) }}

)

select * from final
