-- The gates that a project and module had passed by a service date, with the newest evidence of each and its day.
-- An event of the project holds for its modules too; nothing recorded for a later day counts.
{%- set gates = ['authorised', 'funded', 'probable_completion', 'development_started', 'uncertainty_resolved',
    'ready_for_use', 'enhancement_authorised', 'abandoned'] %}
with

places as (

    select distinct
        project_id,
        module_id,
        service_date
    from {{ ref('int_slices') }}
    where project_id is not null

),

events as (select * from {{ ref('stg_gate_events') }}),

final as (

    select
        places.project_id,
        places.module_id,
        places.service_date,
        {%- for gate in gates %}
        max(case when events.gate = '{{ gate }}' then events.event_date end) as {{ gate }}_on,
        max_by(
            events.evidence_ref,
            case when events.gate = '{{ gate }}' then concat_ws('|', cast(events.event_date as string), events.evidence_ref) end
        ) as {{ gate }},
        {%- endfor %}
        min(case when events.gate = 'ready_for_use' then events.event_date end) as first_ready_on
    from places
    left join events
        on
            places.project_id = events.project_id
            and (events.module_id is null or places.module_id = events.module_id)
            and places.service_date >= events.event_date
    group by places.project_id, places.module_id, places.service_date

)

select * from final
