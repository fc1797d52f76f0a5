-- The first rule, of the statutory policy in force, whose conditions a slice meets: the order of accounting.md 2.3 is the
-- order of the document. Whether what the rule requires is on file is asked next (int_treatments_weighed).
with

slices as (

    select
        slices.*,
        coalesce(evidence.is_ready, false) as is_ready,
        evidence.authorised,
        evidence.funded,
        evidence.probable_completion,
        evidence.development_started,
        evidence.uncertainty_resolved
    from {{ ref('int_slices') }} as slices
    left join {{ ref('int_evidence') }} as evidence
        on
            slices.project_id = evidence.project_id
            and slices.module_id is not distinct from evidence.module_id
            and slices.service_date = evidence.service_date

),

policies as (select * from {{ ref('int_slice_policies') }}),
rules as (select * from {{ ref('stg_statutory_rules') }}),

matches as (

    select
        slices.slice_id,
        rules.framework,
        rules.rule_id,
        rules.require,
        rules.readiness,
        rules.treatment,
        rules.function,
        rules.reason_code,
        {{ decided_by('rules', 'rules.rule_id') }} as policy,
        row_number() over (
            partition by slices.slice_id, rules.framework order by rules.rule_order, rules.rule_id
        ) as match_rank
    from slices
    inner join policies on slices.slice_id = policies.slice_id
    inner join rules
        on
            policies.framework = rules.framework
            and policies.policy_id = rules.policy_id
            and policies.version = rules.version
            and policies.policy_hash is not distinct from rules.policy_hash
            and {{ rule_holds('rules', 'slices') }}
            and (rules.readiness is null or (rules.readiness = 'after') = slices.is_ready)
            and (
                rules.without is null
                or (rules.without = 'E1' and slices.authorised is null)
                or (rules.without = 'E2' and slices.funded is null)
                or (rules.without = 'E3' and slices.probable_completion is null)
                or (rules.without = 'E4' and {{ stage_evidence('policies', 'slices', 'slices') }} is null)
            )

),

final as (

    select * from matches
    where match_rank = 1

)

select * from final
