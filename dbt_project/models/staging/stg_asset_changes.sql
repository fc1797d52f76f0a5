with

asset_changes as (select * from {{ source('company', 'asset_changes') }}),

final as (

    select
        project_id,
        nullif(module_id, '') as module_id,
        change,
        effective_date,
        months,
        amount,
        memo_ref
    from asset_changes

)

select * from final
