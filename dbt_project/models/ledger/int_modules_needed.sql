{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- What has to be ready before a module, or a project whose cost names no module, is: the module and all that it depends
-- on, at any depth; all modules of the project, or the project itself where it has none.
with

projects as (select distinct project_id from {{ ref('stg_projects') }}),
modules as (select * from {{ ref('stg_modules') }}),

direct_needs as (

    select
        module_id,
        {{ rows_of_text('depends_on', "';'") }} as needed_id
    from modules
    where depends_on is not null

),

-- It ends, since dependencies in a circle are refused (pipeline/company/assets.py).
reached as (

    with recursive steps as (
        select
            module_id,
            module_id as needed_id
        from modules
        union all
        select
            steps.module_id,
            trim(split_part(direct_needs.needed_id, ':', 1)) as needed_id
        from steps
        inner join direct_needs on steps.needed_id = direct_needs.module_id
    )

    select distinct
        module_id,
        needed_id
    from steps

),

final as (

    select
        modules.project_id,
        modules.module_id,
        needed.project_id as needed_project_id,
        needed.module_id as needed_module_id
    from reached
    inner join modules on reached.module_id = modules.module_id
    inner join modules as needed on reached.needed_id = needed.module_id
    union all
    select
        projects.project_id,
        cast(null as string) as module_id,
        projects.project_id as needed_project_id,
        modules.module_id as needed_module_id
    from projects
    left join modules on projects.project_id = modules.project_id

)

select * from final
