-- Projects and what kind of software they make.
with

projects as (select * from {{ ref('stg_projects') }}),

final as (

    select
        project_id,
        project_name,
        entity_id,
        project_type,
        cost_center_id,
        location_of_work,
        valid_from,
        valid_to
    from projects

)

select * from final
