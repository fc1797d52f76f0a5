-- What the matched rule would do to a slice, and the first thing that keeps it from capitalising: evidence missing on the
-- service date, attribution below the policy's minimum, or a policy that does not allow tokens (accounting.md 2.3, 2.4).
with

slices as (select * from {{ ref('int_slices') }}),
policies as (select * from {{ ref('int_slice_policies') }}),
ruled as (select * from {{ ref('int_slices_ruled') }}),
evidence as (select * from {{ ref('int_evidence') }}),

asked as (

    select
        policies.slice_id,
        policies.framework,
        slices.project_id,
        slices.period,
        slices.currency,
        coalesce(ruled.treatment, policies.default_treatment) as treatment,
        coalesce(ruled.reason_code, policies.default_reason) as reason,
        coalesce(ruled.policy, {{ decided_by('policies', 'cast(null as string)') }}) as policy,
        ruled.function,
        coalesce(ruled.require, '') as require,
        coalesce(ruled.readiness = 'after', false) as is_enhancement,
        policies.threshold_amount,
        policies.threshold_currency,
        policies.allow_token_capitalisation,
        slices.project_grade > policies.min_attribution_grade as is_below_minimum,
        slices.activity is not null as has_activity,
        policies.approved_on <= slices.service_date as is_approved,
        {{ stage_evidence('policies', 'slices', 'evidence') }} as stage_evidence,
        evidence.authorised,
        evidence.funded,
        evidence.probable_completion,
        evidence.enhancement_authorised,
        coalesce(evidence.has_module, false) as has_module,
        evidence.life_memo
    from policies
    inner join slices on policies.slice_id = slices.slice_id
    left join ruled on policies.slice_id = ruled.slice_id and policies.framework = ruled.framework
    left join evidence
        on
            slices.project_id = evidence.project_id
            and slices.module_id is not distinct from evidence.module_id
            and slices.service_date = evidence.service_date

),

final as (

    select
        *,
        case
            when treatment not in ('capitalise', 'capitalise_cca_impl') or framework = 'tax_us' then null
            when is_enhancement and enhancement_authorised is null then 'AFTER_READY'
            when
                (require like '%E1%' and authorised is null)
                or (require like '%E2%' and funded is null)
                or (require like '%E3%' and probable_completion is null)
                or (require like '%E4%' and stage_evidence is null)
                or (require like '%E6%' and not has_activity)
                or (require like '%E7%' and not has_module)
                or (require like '%E8%' and life_memo is null)
                or (require like '%E9%' and not is_approved)
                then 'GATES_NOT_MET'
            when is_below_minimum then 'ATTRIBUTION_BELOW_MINIMUM'
            when not allow_token_capitalisation then 'TOKENS_NOT_ALLOWED'
        end as kept_from
    from asked

)

select * from final
