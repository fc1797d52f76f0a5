
    

    create  table
      "w"."intermediate"."int_headcount__dbt_tmp"
  
    
    as (
      -- People per cost centre and day, in millionths: the assignment shares of everyone employed on the day.
with

days as (

    select distinct spread_date as service_date
    from "w"."intermediate"."int_owners_placed"
    where spread_kind is not null and spread_kind <> 'employee'

),

assignments as (

    select * from "w"."staging"."stg_cost_center_assignments"

),

employees as (

    select * from "w"."staging"."stg_employees"

),

final as (

    select
        days.service_date,
        assignments.cost_center_id,
        sum(cast(assignments.share * 1000000 as bigint)) as people
    from days
    inner join assignments on (days.service_date >= assignments.valid_from and (assignments.valid_to is null or days.service_date < assignments.valid_to))
    inner join employees
        on
            assignments.employee_id = employees.employee_id
            and (days.service_date >= employees.valid_from and (employees.valid_to is null or days.service_date < employees.valid_to))
    group by days.service_date, assignments.cost_center_id

)

select * from final
    );
    
  