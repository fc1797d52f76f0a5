-- Cases that nobody owns, no use measures and no cost carries along: the company's allocation rule, lowest priority number first, else the pool.
with

charge_cases as (select * from {{ ref('int_charge_cases') }}),
identities as (select * from {{ ref('int_identities_owned') }}),
case_levels as (select * from {{ ref('int_case_levels') }}),
overhead_bases as (select * from {{ ref('int_overhead_bases') }}),
rules as (select * from {{ ref('stg_allocation_rules') }}),

matches as (

    select
        case_levels.case_id,
        -- of a key that several share somebody keeps custody, and rpt_exceptions names it
        case when identities.is_shared_key and not charge_cases.is_overhead then 'shared_key' else case_levels.pool_reason end
            as pool_reason,
        identities.project_id,
        identities.project_grade,
        identities.activity,
        identities.tagged_workload,
        identities.tagged_cost_center_id,
        charge_cases.service_date,
        rules.rule_version,
        coalesce(rules.method, 'pool') as method,
        row_number() over (partition by case_levels.case_id order by rules.priority asc, rules.rule_id asc) as match_rank
    from case_levels
    inner join charge_cases on case_levels.case_id = charge_cases.case_id
    inner join identities on charge_cases.identity_id = identities.identity_id
    left join rules
        on
            rules.service_id is null
            and rules.method <> 'metered'
            and coalesce(rules.source, '*') in ('*', charge_cases.source)
            and coalesce(rules.account, '*') in ('*', charge_cases.account)
            and coalesce(rules.sub_account, '*') in ('*', coalesce(charge_cases.sub_account_id, '(default)'))
            and {{ holds_on('rules', 'charge_cases.service_date') }}
    left join overhead_bases on case_levels.case_id = overhead_bases.case_id
    where case_levels.metered_level is null and overhead_bases.case_id is null

),

final as (

    select
        case_id,
        method,
        case when method = 'pool' then 'E' else 'D' end as grade,
        service_date,
        case when method = 'pool' then 'pool' else 'rule' end as owner_type,
        case
            when method <> 'pool' then rule_version
            -- a rule that says `pool` is the company's decision; it does not hide that use is missing
            when rule_version is not null and pool_reason = 'no_owner' then 'rule_pool'
            else pool_reason
        end as owner_id,
        project_id,
        project_grade,
        activity,
        tagged_workload,
        tagged_cost_center_id
    from matches
    where match_rank = 1

)

select * from final
