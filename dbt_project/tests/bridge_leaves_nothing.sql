-- INV-09: human-capital capex, less what is not capitalised, plus utility that qualifies, is what is added to assets.
select
    period,
    entity_id,
    currency,
    framework,
    amount
from {{ ref('rpt_capitalization_bridge') }}
where {{ in_build_periods() }} and line = 'residual' and amount <> 0
