-- INV-10: nothing is capitalised in a statutory book without E1 to E6 and E9, all dated on or before the day of service, nor
-- after the module is ready without an authorised enhancement. Asked of the company's files anew, not of how it was decided.
with

capitalised as (
    {% for framework in ['us_gaap', 'ifrs'] %}
    select distinct
        '{{ framework }}' as framework,
        entity_id,
        project_id,
        module_id,
        charge_date as service_date,
        project_grade,
        activity
    from {{ ref('fct_allocations') }}
    where {{ in_build_periods() }} and {{ framework }}_treatment in ('capitalise', 'capitalise_cca_impl')
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

gates as (

    select
        capitalised.framework,
        capitalised.entity_id,
        capitalised.project_id,
        capitalised.module_id,
        capitalised.service_date,
        capitalised.project_grade,
        capitalised.activity,
        count(case when events.gate = 'authorised' then 1 end) as authorised,
        count(case when events.gate = 'funded' then 1 end) as funded,
        count(case when events.gate = 'probable_completion' then 1 end) as probable,
        count(case when events.gate in ('development_started', 'uncertainty_resolved') then 1 end) as developed,
        count(case when events.gate = 'ready_for_use' then 1 end) as ready,
        count(case when events.gate = 'enhancement_authorised' then 1 end) as enhanced
    from capitalised
    left join {{ ref('stg_gate_events') }} as events
        on
            capitalised.project_id = events.project_id
            and (events.module_id is null or capitalised.module_id = events.module_id)
            and capitalised.service_date >= events.event_date
    group by
        capitalised.framework, capitalised.entity_id, capitalised.project_id, capitalised.module_id,
        capitalised.service_date, capitalised.project_grade, capitalised.activity

)

select gates.*
from gates
left join {{ ref('stg_statutory_policies') }} as policies
    on
        gates.framework = policies.framework
        and {{ policy_holds('policies', 'gates') }}
        and policies.allow_token_capitalisation
        and gates.service_date >= policies.approved_on
        and gates.project_grade <= policies.min_attribution_grade
where
    policies.policy_id is null
    or gates.activity is null
    or least(gates.authorised, gates.funded, gates.probable, gates.developed) = 0
    or (gates.ready > 0 and gates.enhanced = 0)
