-- INV-08: every share has one class and one treatment per framework, all of which exist and say why, and is in the pool
-- with a reason or bears a cost centre.
select
    allocation_id,
    bearer_type,
    method,
    grade,
    mgmt_class,
    book_treatment
from {{ ref('fct_allocations') }}
where
    {{ in_build_periods() }}
    and (
        mgmt_class not in ('utility_opex', 'human_capital_capex')
        {%- for framework in var('frameworks').values() %}
        or {{ framework }}_treatment not in ('expense', 'capitalise', 'capitalise_cca_impl', 'prepaid', 'tax_asset')
        or {{ framework }}_reason = ''
        {%- endfor %}
        or mgmt_reason = ''
        or bearer_type not in ('employee', 'service', 'project', 'cost_center', 'pool')
        or method not in ('direct', 'dedicated', 'metered', 'headcount', 'fixed', 'even', 'direct_cost', 'base', 'pool')
        or step not in ('direct', 'dedicated', 'metered', 'driver', 'overhead', 'pool')
        or (bearer_type = 'pool') <> (step = 'pool')
        or (step = 'pool') <> (grade = 'E')
        or grade not in ('A', 'B', 'C', 'D', 'E')
        or ratio < 0
        or (bearer_type = 'pool') <> (cost_center_id is null)
        or (bearer_type = 'pool') <> (pool_reason is not null)
    )
