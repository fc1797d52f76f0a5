with

cost_centers as (select * from {{ source('company', 'cost_centers') }}),

final as (

    select
        cost_center_id,
        name as cost_center_name,
        function,
        entity_id,
        parent_id,
        successor_id,
        valid_from,
        valid_to
    from cost_centers

)

select * from final
