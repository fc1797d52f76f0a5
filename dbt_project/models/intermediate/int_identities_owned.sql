-- Who owns each identity, for which project and activity; tags that name something known win over the credential.
with

identities as (select * from {{ ref('int_identities') }}),
matched as (select * from {{ ref('int_identities_matched') }}),
projects as (select * from {{ ref('stg_projects') }}),
cost_centers as (select * from {{ ref('int_cost_centers_meant') }}),

described as (

    select
        identities.identity_id,
        identities.service_date,
        matched.name_rank,
        coalesce(projects.project_id, matched.project_id) as project_id,
        projects.project_id as tagged_project_id,
        {{ project_grade('projects', 'matched') }} as project_grade,
        cost_centers.meant_id as tagged_cost_center_id,
        coalesce(identities.tag_activity, matched.activity, identities.activity) as activity,
        case
            when identities.tag_workload in ('prod_inference', 'shared_ci', 'shared_platform', 'admin')
                then identities.tag_workload
        end as tagged_workload,
        case
            when matched.owner_type in ('employee', 'service', 'project', 'cost_center') then matched.owner_type
            when projects.project_id is not null then 'project'
            when cost_centers.cost_center_id is not null then 'cost_center'
            -- it names somebody or a key, and nobody knows whose: not for everyone to share
            when
                coalesce(identities.consumer_id, identities.principal_id, identities.credential_id) is not null
                and coalesce(matched.name_rank, 5) = 5
                then 'pool'
        end as owner_type,
        case
            when matched.owner_type = 'project' then coalesce(projects.project_id, matched.owner_id)
            when matched.owner_type in ('employee', 'service', 'cost_center') then matched.owner_id
            when projects.project_id is not null then projects.project_id
            when cost_centers.cost_center_id is not null then cost_centers.meant_id
            -- read only where the owner is the pool
            when matched.names_expired_key then 'expired_key'
            else 'unknown_key'
        end as owner_id,
        matched.owner_type = 'shared' and matched.name_rank < 5 as is_shared_key,
        case when matched.owner_type = 'shared' then matched.owner_id end as custodian_id
    from identities
    left join matched on identities.identity_id = matched.identity_id
    left join projects
        on
            identities.tag_project = projects.project_id
            and {{ holds_on('projects', 'identities.service_date') }}
    left join cost_centers
        on
            identities.tag_cost_center = cost_centers.cost_center_id
            and {{ holds_on('cost_centers', 'identities.service_date') }}

),

final as (

    select
        *,
        {{ row_key(var('owner_columns')) }} as owner_key,
        -- only the place names somebody: a tax or credit there belongs to those who worked there
        coalesce(
            name_rank = 5 and tagged_project_id is null and tagged_cost_center_id is null, false
        ) as is_named_by_place,
        case owner_type when 'employee' then 'direct' when 'pool' then 'pool' else 'dedicated' end as method,
        case
            when owner_type = 'pool' then 'E'
            when owner_type = 'employee' and name_rank in (1, 2, 4) then 'A'
            else 'B'
        end as grade
    from described

)

select * from final
