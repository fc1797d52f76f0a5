{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Exact cost at the grain of the cost statement, with the journal line that each amount belongs to.
with

allocations as (

    select * from {{ ref('fct_allocations') }}
    where {{ in_build_periods() }}

),

accounts as (select * from {{ ref('int_accounts_owned') }}),
cost_centers as (select * from {{ ref('int_cost_centers_latest') }}),

totals as (

    select
        period,
        source,
        account,
        entity_id,
        currency,
        model,
        cost_center_id,
        bearer_type,
        mgmt_class,
        sum(amount) as amount
    from allocations
    group by period, source, account, entity_id, currency, model, cost_center_id, bearer_type, mgmt_class

),

described as (

    select
        totals.*,
        accounts.entity_id as paying_entity_id,
        coalesce(totals.cost_center_id, '(unallocated)') as statement_center_id,
        coalesce(cost_centers.cost_center_name, '(unallocated)') as cost_center_name,
        case when totals.cost_center_id is null then 'unallocated' else cost_centers.function end as function
    from totals
    inner join accounts on totals.source = accounts.source and totals.account = accounts.account
    left join cost_centers on totals.cost_center_id = cost_centers.cost_center_id

),

final as (

    select
        *,
        {{ row_key(['period', 'currency', 'paying_entity_id', 'entity_id', 'function', 'cost_center_id']) }} as line_id,
        concat_ws('|', source, account, coalesce(model, ''), bearer_type, mgmt_class) as row_order
    from described

)

select * from final
