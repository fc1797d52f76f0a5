with

gate_events as (select * from {{ source('company', 'gate_events') }}),

final as (

    select
        project_id,
        nullif(module_id, '') as module_id,
        gate,
        event_date,
        evidence_ref
    from gate_events

)

select * from final
