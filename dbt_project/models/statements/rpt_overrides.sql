-- What was decided by hand for single charges: in force, or expired before the day of service and so ignored.
with

charge_cases as (

    select * from {{ ref('int_charge_cases') }}
    where override_key is not null

),

overrides as (select * from {{ ref('stg_manual_overrides') }}),
accounts as (select * from {{ ref('int_accounts_owned') }}),

final as (

    select
        charge_cases.period,
        accounts.entity_id,
        overrides.override_id,
        overrides.charge_id,
        overrides.field,
        overrides.value,
        overrides.expires_on,
        case
            when overrides.expires_on is null or charge_cases.service_date < overrides.expires_on then 'in_force'
            else 'expired'
        end as state,
        charge_cases.recognized_cost as amount,
        charge_cases.currency
    from charge_cases
    inner join overrides on charge_cases.override_key = overrides.charge_id
    inner join accounts on charge_cases.source = accounts.source and charge_cases.account = accounts.account

)

select * from final
