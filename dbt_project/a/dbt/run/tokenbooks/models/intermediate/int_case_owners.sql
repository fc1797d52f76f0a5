
    

    create  table
      "w"."intermediate"."int_case_owners__dbt_tmp"
  
    
    as (
      -- The owners of each case with their weights: one for what is owned, many for what is metered, else a rule or the pool.
with

charge_cases as (

    select * from "w"."intermediate"."int_charge_cases"

),

identities as (

    select * from "w"."intermediate"."int_identities_owned"

),

case_levels as (

    select * from "w"."intermediate"."int_case_levels"

),

metered_weights as (

    select * from "w"."intermediate"."int_metered_weights"

),

rules as (

    select * from "w"."intermediate"."int_rules_matched"

),

owned as (

    select
        charge_cases.case_id,
        identities.method,
        identities.grade,
        identities.service_date,
        identities.owner_type,
        identities.owner_id,
        identities.project_id,
        identities.activity,
        identities.tagged_workload,
        identities.tagged_cost_center_id,
        cast(null as integer) as metered_level,
        cast(0 as hugeint) as owner_before,
        cast(1 as hugeint) as owner_up_to,
        cast(1 as hugeint) as owner_total
    from charge_cases
    inner join identities on charge_cases.identity_id = identities.identity_id
    where identities.owner_type is not null

),

metered as (

    select
        case_levels.case_id,
        'metered' as method,
        'C' as grade,
        metered_weights.service_date,
        metered_weights.owner_type,
        metered_weights.owner_id,
        metered_weights.project_id,
        metered_weights.activity,
        metered_weights.tagged_workload,
        metered_weights.tagged_cost_center_id,
        case_levels.metered_level,
        metered_weights.weight_before as owner_before,
        metered_weights.weight_up_to as owner_up_to,
        metered_weights.weight_total as owner_total
    from case_levels
    inner join metered_weights on case_levels.level_id = metered_weights.level_id
    where metered_weights.weight > 0

),

ruled as (

    select
        case_levels.case_id,
        case when coalesce(rules.method, 'pool') = 'pool' then 'pool' else rules.method end as method,
        case when coalesce(rules.method, 'pool') = 'pool' then 'E' else 'D' end as grade,
        charge_cases.service_date,
        case when coalesce(rules.method, 'pool') = 'pool' then 'pool' else 'rule' end as owner_type,
        case
            when rules.method is null then case_levels.pool_reason
            -- a rule that says `pool` is the company's own decision; it does not hide that use is missing
            when rules.method = 'pool'
                then case when case_levels.pool_reason = 'no_owner' then 'rule_pool' else case_levels.pool_reason end
            else rules.rule_id
        end as owner_id,
        identities.project_id,
        identities.activity,
        identities.tagged_workload,
        identities.tagged_cost_center_id,
        cast(null as integer) as metered_level,
        cast(0 as hugeint) as owner_before,
        cast(1 as hugeint) as owner_up_to,
        cast(1 as hugeint) as owner_total
    from case_levels
    inner join charge_cases on case_levels.case_id = charge_cases.case_id
    inner join identities on charge_cases.identity_id = identities.identity_id
    left join rules on case_levels.case_id = rules.case_id
    where case_levels.metered_level is null

),

slices as (

    select * from owned
    union all
    select * from metered
    union all
    select * from ruled

),

final as (

    select
        *,
        md5(concat_ws(chr(31), coalesce(cast(service_date as string), chr(30)), coalesce(cast(owner_type as string), chr(30)), coalesce(cast(owner_id as string), chr(30)), coalesce(cast(project_id as string), chr(30)), coalesce(cast(activity as string), chr(30)), coalesce(cast(tagged_workload as string), chr(30)), coalesce(cast(tagged_cost_center_id as string), chr(30)))) as owner_key
    from slices

)

select * from final
    );
    
  