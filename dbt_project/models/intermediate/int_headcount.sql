-- People per cost centre for each headcount rule and day it is used, in millionths of a person and day.
with

spreads as (

    select distinct spread_id, spread_date from {{ ref('int_spreads') }}
    where spread_kind = 'headcount'

),

rules as (select * from {{ ref('stg_allocation_rules') }}),
build_periods as (select * from {{ ref('stg_build_periods') }}),
assignments as (select * from {{ ref('stg_cost_center_assignments') }}),
employees as (select * from {{ ref('stg_employees') }}),

-- The days on which people are counted: the rule's date, all days of the month, or else the day of the service.
counted as (

    select
        spreads.spread_id,
        spreads.spread_date,
        coalesce(rules.basis, 'heads') as basis,
        case
            when rules.basis in ('average_heads', 'average_fte') then build_periods.start_date
            else coalesce(rules.on_date, spreads.spread_date)
        end as first_day,
        case
            when rules.basis in ('average_heads', 'average_fte') then build_periods.end_date
            else {{ day_after('coalesce(rules.on_date, spreads.spread_date)') }}
        end as end_day
    from spreads
    left join rules on spreads.spread_id = rules.rule_version
    left join build_periods
        on spreads.spread_date >= build_periods.start_date and spreads.spread_date < build_periods.end_date

),

-- One formula for a day and for an average: the days in which assignment, employment and counting overlap.
present as (

    select
        counted.spread_id,
        counted.spread_date,
        counted.basis,
        assignments.cost_center_id,
        cast(assignments.share * 1000000 as bigint) as share_millionths,
        cast(employees.fte * 1000000 as bigint) as fte_millionths,
        {{ days_between(
            'greatest(counted.first_day, assignments.valid_from, employees.valid_from)',
            'least(counted.end_day, coalesce(assignments.valid_to, counted.end_day), '
            ~ 'coalesce(employees.valid_to, counted.end_day))'
        ) }} as days
    from counted
    inner join assignments
        on
            counted.end_day > assignments.valid_from
            and (assignments.valid_to is null or counted.first_day < assignments.valid_to)
    inner join employees on assignments.employee_id = employees.employee_id

),

final as (

    select
        spread_id,
        spread_date,
        cost_center_id,
        sum(
            days * case
                when basis in ('fte', 'average_fte') then {{ whole_quotient('share_millionths * fte_millionths', '1000000') }}
                else share_millionths
            end
        ) as people
    from present
    where days > 0
    group by spread_id, spread_date, cost_center_id

)

select * from final
