-- Employees under a pseudonym; names and salaries are not in the warehouse finance reads.
with

employees as (select * from {{ ref('stg_employees') }}),

final as (

    select
        employee_key,
        worker_type,
        role_family,
        cast(fte as decimal(9, 6)) as fte,
        valid_from,
        valid_to
    from employees

)

select * from final
