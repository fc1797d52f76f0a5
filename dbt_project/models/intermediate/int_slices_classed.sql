-- The management class of each slice: the first rule, of the policy in force on its service date, whose conditions it
-- meets. Management view, not GAAP or IFRS.
with

slices as (select * from {{ ref('int_slices') }}),
rules as (select * from {{ ref('stg_management_rules') }}),

-- A policy of the entity's own goes before one for all.
policies as (

    select
        slices.slice_id,
        max(case when rules.entity is not null then rules.entity end) as entity
    from slices
    inner join rules on {{ policy_holds('rules', 'slices') }}
    group by slices.slice_id

),

matches as (

    select
        slices.slice_id,
        rules.mgmt_class,
        rules.reason_code,
        {{ decided_by('rules', 'rules.rule_id') }} as mgmt_policy,
        row_number() over (
            partition by slices.slice_id
            order by rules.rule_order asc, rules.rule_id asc, rules.policy_id asc, rules.version desc
        ) as match_rank
    from slices
    inner join policies on slices.slice_id = policies.slice_id
    inner join rules
        on
            {{ policy_holds('rules', 'slices') }}
            and policies.entity is not distinct from rules.entity
            and {{ rule_holds('rules', 'slices') }}
            and (
                rules.amount_per_day is null
                or (rules.currency = slices.currency and slices.amount_per_day >= rules.amount_per_day)
            )
            and (
                rules.amount_per_period is null
                or (rules.currency = slices.currency and slices.amount_per_period >= rules.amount_per_period)
            )

),

final as (

    select
        slices.slice_id,
        -- spending by the key of somebody who left equips nobody, whatever the policy says of its cost centre
        case when slices.is_leaver then 'utility_opex' else coalesce(matches.mgmt_class, 'utility_opex') end
            as mgmt_class,
        case when slices.is_leaver then 'LEAVER_KEY' else coalesce(matches.reason_code, 'DEFAULT') end as mgmt_reason,
        coalesce(matches.mgmt_policy, 'none') as mgmt_policy
    from slices
    left join matches on slices.slice_id = matches.slice_id and matches.match_rank = 1

)

select * from final
