with

settings as (select * from {{ source('company', 'settings') }}),

-- One row, with the default where the company says nothing.
final as (

    select
        coalesce(max(case when key = 'book' then value end), 'US_GAAP') as book,
        coalesce(max(case when key = 'accruals' then value end), 'clear_by_invoice') as accruals,
        coalesce(max(case when key = 'tag_project' then value end), 'project') as tag_project,
        coalesce(max(case when key = 'tag_activity' then value end), 'activity') as tag_activity,
        coalesce(max(case when key = 'tag_workload' then value end), 'workload') as tag_workload,
        coalesce(max(case when key = 'tag_cost_center' then value end), 'cost_center') as tag_cost_center,
        coalesce(max(case when key = 'tag_module' then value end), 'module') as tag_module,
        cast(coalesce(max(case when key = 'invoices_usage_tolerance' then value end), '1.00') as decimal(18, 4))
            as usage_tolerance,
        cast(coalesce(max(case when key = 'invoices_usage_tolerance_percent' then value end), '0.5') as decimal(9, 4))
            as usage_tolerance_percent,
        coalesce(max(case when key = 'pseudonym_salt' then value end), '') as pseudonym_salt
    from settings

)

select * from final
