with

credentials as (select * from {{ source('company', 'credentials') }}),

final as (

    select
        source,
        account,
        kind,
        value,
        owner_type,
        nullif(owner_id, '') as owner_id,
        nullif(project_id, '') as project_id,
        nullif(activity, '') as activity,
        valid_from,
        valid_to
    from credentials

)

select * from final
