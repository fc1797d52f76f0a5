-- What each share was for: project and activity, unless two persons decided otherwise, and the module that it names,
-- else the only module of the project.
with

shares as (select * from {{ ref('int_case_shares') }}),
overrides as (select * from {{ ref('int_overrides') }}),
modules as (select * from {{ ref('stg_modules') }}),

only_modules as (

    select
        project_id,
        min(module_id) as module_id
    from modules
    group by project_id
    having count(*) = 1

),

decided as (

    select
        shares.case_id,
        shares.share_no,
        coalesce(overrides.project_id, shares.project_id) as project_id,
        coalesce(overrides.activity, shares.activity) as activity,
        -- a project given by hand is as good as a person's assignment, and no better
        case when overrides.project_id is null then shares.project_grade else 'C' end as project_grade,
        shares.tagged_module_id
    from shares
    left join overrides on shares.case_id = overrides.case_id

),

final as (

    select
        decided.case_id,
        decided.share_no,
        decided.project_id,
        decided.activity,
        decided.project_grade,
        coalesce(modules.module_id, only_modules.module_id) as module_id
    from decided
    left join modules on decided.tagged_module_id = modules.module_id and decided.project_id = modules.project_id
    left join only_modules on decided.project_id = only_modules.project_id

)

select * from final
