-- One row per cost centre: its latest version, which decides entity and function.
with

cost_centers as (

    select
        *,
        row_number() over (partition by cost_center_id order by valid_from desc) as version_rank
    from "w"."staging"."stg_cost_centers"

),

final as (

    select
        cost_center_id,
        cost_center_name,
        function,
        entity_id
    from cost_centers
    where version_rank = 1

)

select * from final