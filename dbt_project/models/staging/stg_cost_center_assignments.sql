with

cost_center_assignments as (select * from {{ source('company', 'cost_center_assignments') }}),

final as (

    select
        employee_id,
        cost_center_id,
        share,
        valid_from,
        valid_to
    from cost_center_assignments

)

select * from final
