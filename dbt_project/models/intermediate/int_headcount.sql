-- People per cost centre and day, in millionths: the assignment shares of everyone employed on the day.
with

days as (

    select distinct spread_date as service_date
    from {{ ref('int_owners_placed') }}
    where spread_kind is not null and spread_kind <> 'employee'

),

assignments as (select * from {{ ref('stg_cost_center_assignments') }}),
employees as (select * from {{ ref('stg_employees') }}),

final as (

    select
        days.service_date,
        assignments.cost_center_id,
        sum(cast(assignments.share * 1000000 as bigint)) as people
    from days
    inner join assignments on {{ holds_on('assignments', 'days.service_date') }}
    inner join employees
        on
            assignments.employee_id = employees.employee_id
            and {{ holds_on('employees', 'days.service_date') }}
    group by days.service_date, assignments.cost_center_id

)

select * from final
