
    

    create  table
      "w"."intermediate"."int_rules_matched__dbt_tmp"
  
    
    as (
      -- The allocation rule of each case that nobody owns and no use measures: lowest priority number first.
with

charge_cases as (

    select * from "w"."intermediate"."int_charge_cases"

),

case_levels as (

    select * from "w"."intermediate"."int_case_levels"
    where metered_level is null

),

rules as (

    select * from "w"."staging"."stg_allocation_rules"
    where service_id is null and method <> 'metered'

),

matches as (

    select
        case_levels.case_id,
        rules.rule_id,
        rules.method,
        row_number() over (partition by case_levels.case_id order by rules.priority, rules.rule_id) as match_rank
    from case_levels
    inner join charge_cases on case_levels.case_id = charge_cases.case_id
    inner join rules
        on
            coalesce(rules.source, '*') in ('*', charge_cases.source)
            and coalesce(rules.account, '*') in ('*', charge_cases.account)
            and coalesce(rules.sub_account, '*') in ('*', coalesce(charge_cases.sub_account_id, '(default)'))
            and (charge_cases.service_date >= rules.valid_from and (rules.valid_to is null or charge_cases.service_date < rules.valid_to))

),

final as (

    select
        case_id,
        rule_id,
        method
    from matches
    where match_rank = 1

)

select * from final
    );
    
  