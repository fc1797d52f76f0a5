-- Of each person who owns something on a day: employed or not, gone since when, and who manages what was left behind.
with

owners as (

    select distinct owner_key, service_date, owner_id from {{ ref('int_case_owners') }}
    where owner_type = 'employee'

),

employees as (select * from {{ ref('stg_employees') }}),

spells as (

    select
        owners.owner_key,
        owners.service_date,
        max(employees.employee_key) as employee_key,
        max(case when {{ holds_on('employees', 'owners.service_date') }} then 1 else 0 end) as is_employed,
        max(case when employees.valid_to <= owners.service_date then employees.valid_to end) as left_on,
        nullif(max_by(
            coalesce(employees.manager_id, ''),
            case when employees.valid_to <= owners.service_date then employees.valid_to end
        ), '') as last_manager_id
    from owners
    inner join employees on owners.owner_id = employees.employee_id
    group by owners.owner_key, owners.service_date

),

final as (

    select
        spells.owner_key,
        spells.employee_key,
        spells.is_employed,
        spells.left_on,
        case when spells.is_employed = 0 then employees.employee_id end as manager_id
    from spells
    -- a manager who is gone as well takes over nothing
    left join employees
        on spells.last_manager_id = employees.employee_id and {{ holds_on('employees', 'spells.service_date') }}

)

select * from final
