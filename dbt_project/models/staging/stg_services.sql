with

services as (select * from {{ source('company', 'services') }}),

final as (

    select
        service_id,
        owner_employee_id,
        nullif(workload, '') as workload,
        nullif(cost_center_id, '') as cost_center_id,
        valid_from,
        valid_to
    from services

)

select * from final
