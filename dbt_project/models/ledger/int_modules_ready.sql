{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- When each module, and each project where a cost names no module, was ready for use with all that it needs, and when it
-- was given up (accounting.md section 2.7). An event of a project holds for its modules too.
with

needs as (select * from {{ ref('int_modules_needed') }}),
events as (select * from {{ ref('stg_gate_events') }}),

-- The first event counts.
alone as (

    select
        places.project_id,
        places.module_id,
        min(case when events.gate = 'ready_for_use' then events.event_date end) as ready_on,
        min(case when events.gate = 'abandoned' then events.event_date end) as abandoned_on
    from (
        select distinct
            project_id,
            module_id
        from needs
    ) as places
    left join events
        on
            places.project_id = events.project_id
            and (events.module_id is null or places.module_id = events.module_id)
    group by places.project_id, places.module_id

),

final as (

    select
        needs.project_id,
        needs.module_id,
        max(place.abandoned_on) as abandoned_on,
        case when count(needed.ready_on) = count(*) then max(needed.ready_on) end as ready_on
    from needs
    inner join alone as place
        on needs.project_id = place.project_id and needs.module_id is not distinct from place.module_id
    left join alone as needed
        on
            needs.needed_project_id = needed.project_id
            and needs.needed_module_id is not distinct from needed.module_id
    group by needs.project_id, needs.module_id

)

select * from final
