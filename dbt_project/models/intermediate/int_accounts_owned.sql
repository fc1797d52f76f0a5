-- The entity that owes each provider account, and the cost centre that receives the bill, if one does; an account nobody
-- claimed is shown as such, not dropped.
with

charge_cases as (

    select distinct source, account from {{ ref('int_charge_cases') }}

),

accounts as (select * from {{ ref('stg_accounts') }}),

final as (

    select
        charge_cases.source,
        charge_cases.account,
        coalesce(accounts.entity_id, '(unassigned)') as entity_id,
        accounts.cost_center_id
    from charge_cases
    left join accounts on charge_cases.source = accounts.source and charge_cases.account = accounts.account

)

select * from final
