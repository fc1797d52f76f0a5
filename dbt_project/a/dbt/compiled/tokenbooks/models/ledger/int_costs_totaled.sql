

-- Exact cost at the grain of the cost statement, with the journal line that each amount belongs to.
with

allocations as (

    select * from "w"."finance"."fct_allocations"
    where period in (select build_periods.period from "w"."lake"."build_periods" as build_periods)

),

accounts as (

    select * from "w"."intermediate"."int_accounts_owned"

),

cost_centers as (

    select * from "w"."intermediate"."int_cost_centers_latest"

),

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
        md5(concat_ws(chr(31), coalesce(cast(period as string), chr(30)), coalesce(cast(currency as string), chr(30)), coalesce(cast(paying_entity_id as string), chr(30)), coalesce(cast(entity_id as string), chr(30)), coalesce(cast(function as string), chr(30)), coalesce(cast(cost_center_id as string), chr(30)))) as line_id,
        concat_ws('|', source, account, coalesce(model, ''), bearer_type, mgmt_class) as row_order
    from described

)

select * from final