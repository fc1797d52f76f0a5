with

employees as (select * from {{ source('company', 'employees') }}),

final as (

    select
        employee_id,
        employee_key,
        worker_type,
        role_family,
        fte,
        manager_id,
        valid_from,
        valid_to
    from employees

)

select * from final
