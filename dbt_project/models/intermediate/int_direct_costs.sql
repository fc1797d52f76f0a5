-- What each cost centre is charged without any rule, within the scope and month of a `direct_cost` rule: its driver.
with

charge_cases as (select * from {{ ref('int_charge_cases') }}),
case_owners as (select * from {{ ref('int_case_owners') }}),
owners as (select * from {{ ref('int_owners_placed') }}),
assignments as (select * from {{ ref('stg_cost_center_assignments') }}),
rules as (select * from {{ ref('stg_allocation_rules') }}),
build_periods as (select * from {{ ref('stg_build_periods') }}),

located as (

    select
        charge_cases.period,
        charge_cases.source,
        charge_cases.account,
        charge_cases.currency,
        coalesce(owners.cost_center_id, assignments.cost_center_id) as cost_center_id,
        sum(
            {{ to_picos(split_amount('charge_cases.recognized_cost', 'case_owners.owner_before', 'case_owners.owner_up_to',
                'case_owners.owner_total')) }}
            * case when owners.cost_center_id is null then cast(assignments.share * 1000000 as bigint) else 1000000 end
        ) as weighted_picos
    from case_owners
    inner join charge_cases on case_owners.case_id = charge_cases.case_id
    inner join owners on case_owners.owner_key = owners.owner_key
    left join assignments
        on
            owners.spread_kind = 'employee'
            and owners.spread_id = assignments.employee_id
            and {{ holds_on('assignments', 'owners.spread_date') }}
    where
        case_owners.method in ('direct', 'dedicated')
        and coalesce(owners.cost_center_id, assignments.cost_center_id) is not null
    group by
        charge_cases.period,
        charge_cases.source,
        charge_cases.account,
        charge_cases.currency,
        coalesce(owners.cost_center_id, assignments.cost_center_id)

),

scoped as (

    select
        rules.rule_version,
        build_periods.start_date,
        build_periods.end_date,
        located.cost_center_id,
        sum(located.weighted_picos) as weighted_picos,
        min(min(located.currency)) over (partition by rules.rule_version, build_periods.start_date) as first_currency,
        max(max(located.currency)) over (partition by rules.rule_version, build_periods.start_date) as last_currency
    from located
    inner join build_periods on located.period = build_periods.period
    inner join rules
        on
            rules.method = 'direct_cost'
            and coalesce(rules.source, '*') in ('*', located.source)
            and coalesce(rules.account, '*') in ('*', located.account)
    group by rules.rule_version, build_periods.start_date, build_periods.end_date, located.cost_center_id

),

final as (

    select
        rule_version,
        start_date,
        end_date,
        cost_center_id,
        -- millionths of a pico back to nano-units: a weight needs no more, and stays small
        {{ whole_quotient('greatest(weighted_picos, 0)', '1000000000') }} as direct_cost
    from scoped
    -- costs in two currencies cannot be added, so they weigh nothing: name the account in the rule
    where first_currency = last_currency

)

select * from final
