{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- The rate by which charges of a day in a currency are measured in the functional currency of who pays or bears them.
with

pairs as (select * from {{ ref('int_fx_needed') }}),
fx_policies as (select * from {{ ref('stg_fx_policies') }}),
fx_rates as (select * from {{ ref('stg_fx_rates') }}),

needed as (

    select
        pairs.*,
        coalesce(fx_policies.days_back, 0) as days_back,
        case when fx_policies.method = 'month_average' then 'month_average' else 'spot' end as wanted
    from pairs
    left join fx_policies on {{ holds_on('fx_policies', 'pairs.day') }}

),

found as (

    {{ fx_found('needed', 'fx_rates') | indent(4) }}

),

final as (

    select
        from_currency,
        to_currency,
        day,
        {{ fx_rate_or_stop('found') }} as rate,
        rate_type,
        rate_date,
        rate_source
    from found

)

select * from final
