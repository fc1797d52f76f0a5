with

projects as (select * from {{ source('company', 'projects') }}),

final as (

    select
        project_id,
        name as project_name,
        entity_id,
        nullif(project_type, '') as project_type,
        nullif(cost_center_id, '') as cost_center_id,
        nullif(location_of_work, '') as location_of_work,
        valid_from,
        valid_to
    from projects

)

select * from final
