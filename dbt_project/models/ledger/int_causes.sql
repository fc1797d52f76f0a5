{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Why a closed period's cost is due to change: the provider restated the bill, use came late, or neither, which is our
-- own error (accounting.md section 2.8). An account that was not reported at all is a provider's correction.
with

reported as (

    select
        period,
        source,
        account,
        max(charge_loads_hash) as charge_loads_hash,
        max(usage_loads_hash) as usage_loads_hash
    from {{ ref('stg_reported_reconciliation') }}
    group by period, source, account

),

counted as (select * from {{ ref('int_loads_counted') }}),

final as (

    select
        coalesce(counted.period, reported.period) as service_period,
        coalesce(counted.source, reported.source) as source,
        coalesce(counted.account, reported.account) as account,
        case
            when counted.charge_loads_hash is null or reported.charge_loads_hash is null then 'provider_correction'
            when counted.charge_loads_hash <> reported.charge_loads_hash then 'provider_correction'
            when counted.usage_loads_hash <> reported.usage_loads_hash then 'late_usage'
            else 'own_error'
        end as cause
    from counted
    full outer join reported
        on
            counted.period = reported.period
            and counted.source = reported.source
            and counted.account = reported.account

)

select * from final
