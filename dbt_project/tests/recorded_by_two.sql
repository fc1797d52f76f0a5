-- INV-26: whoever records a gate, or asks for an override, is not the one who approves it.
select
    'gate_events.csv' as file,
    evidence_ref as id
from {{ source('company', 'gate_events') }}
where lower(trim(recorded_by)) = lower(trim(approved_by))

union all

select
    'manual_overrides.csv' as file,
    override_id as id
from {{ source('company', 'manual_overrides') }}
where lower(trim(requested_by)) = lower(trim(approved_by))
