{{ config(severity='warn') }}

-- An override that expired before the charge it names decides nothing: somebody should know.
select
    override_id,
    charge_id,
    expires_on
from {{ ref('rpt_overrides') }}
where {{ in_build_periods() }} and state = 'expired'
