with

settings as (select * from {{ source('company', 'settings') }}),

-- One row, with the default where the company says nothing.
final as (

    select
        coalesce(max(case when key = 'book' then value end), 'US_GAAP') as book,
        coalesce(max(case when key = 'tag_project' then value end), 'project') as tag_project,
        coalesce(max(case when key = 'tag_activity' then value end), 'activity') as tag_activity,
        coalesce(max(case when key = 'tag_workload' then value end), 'workload') as tag_workload,
        coalesce(max(case when key = 'tag_cost_center' then value end), 'cost_center') as tag_cost_center
    from settings

)

select * from final
