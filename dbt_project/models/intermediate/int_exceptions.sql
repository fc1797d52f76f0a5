-- Shares that somebody must see to, by kind: the spender has left or not started, or nobody answers for the key.
with

charge_cases as (select * from {{ ref('int_charge_cases') }}),
identities as (select * from {{ ref('int_identities_owned') }}),
shares as (select * from {{ ref('int_base_shares') }}),
owners as (select * from {{ ref('int_owners_placed') }}),
accounts as (select * from {{ ref('int_accounts_owned') }}),

custodians as (

    select distinct employee_id, employee_key from {{ ref('stg_employees') }}

),

owned as (

    select
        shares.case_id,
        shares.entity_id,
        case
            when owners.is_leaver then 'leaver_key'
            when owners.pool_reason in ('pre_employment', 'expired_key', 'unknown_owner') then owners.pool_reason
            when owners.pool_reason = 'unknown_key' then 'orphan_key'
            when owners.is_ownerless then 'ownerless_service'
        end as kind,
        case
            when owners.owner_type = 'employee' then owners.employee_key
            when owners.owner_type <> 'pool' then owners.owner_id
        end as owner,
        {{ split_amount(
            split_amount('charge_cases.recognized_cost', 'shares.owner_before', 'shares.owner_up_to', 'shares.owner_total'),
            'shares.center_before', 'shares.center_up_to', 'shares.center_total'
        ) }} as amount
    from shares
    inner join owners on shares.owner_key = owners.owner_key
    inner join charge_cases on shares.case_id = charge_cases.case_id

),

final as (

    select
        case_id,
        entity_id,
        kind,
        owner,
        sum(amount) as amount
    from owned
    where kind is not null
    group by case_id, entity_id, kind, owner

    union all

    select
        charge_cases.case_id,
        accounts.entity_id,
        'shared_key' as kind,
        custodians.employee_key as owner,
        charge_cases.recognized_cost as amount
    from charge_cases
    inner join identities on charge_cases.identity_id = identities.identity_id
    inner join accounts on charge_cases.source = accounts.source and charge_cases.account = accounts.account
    left join custodians on identities.custodian_id = custodians.employee_id
    where identities.is_shared_key

)

select * from final
