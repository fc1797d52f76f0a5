-- What each cost centre is charged without any rule, per period, source and account: the driver `direct_cost`.
with

charge_cases as (

    select * from "w"."intermediate"."int_charge_cases"

),

case_owners as (

    select * from "w"."intermediate"."int_case_owners"
    where method in ('direct', 'dedicated')

),

owners as (

    select * from "w"."intermediate"."int_owners_placed"

),

assignments as (

    select * from "w"."staging"."stg_cost_center_assignments"

),

located as (

    select
        charge_cases.period,
        charge_cases.source,
        charge_cases.account,
        coalesce(owners.cost_center_id, assignments.cost_center_id) as cost_center_id,
        cast((charge_cases.recognized_cost) * 1000000000000 as hugeint)
        * case when owners.cost_center_id is null then cast(assignments.share * 1000000 as bigint) else 1000000 end
            as weighted_picos
    from case_owners
    inner join charge_cases on case_owners.case_id = charge_cases.case_id
    inner join owners on case_owners.owner_key = owners.owner_key
    left join assignments
        on
            owners.spread_kind = 'employee'
            and owners.spread_id = assignments.employee_id
            and (owners.spread_date >= assignments.valid_from and (assignments.valid_to is null or owners.spread_date < assignments.valid_to))

),

final as (

    select
        period,
        source,
        account,
        cost_center_id,
        -- millionths of a nano-unit back to nano-units: a weight needs no more, and stays small
        (cast(greatest(sum(weighted_picos), 0) as hugeint) // cast(1000000000 as hugeint)) as direct_cost
    from located
    where cost_center_id is not null
    group by period, source, account, cost_center_id

)

select * from final