
    

    create  table
      "w"."intermediate"."int_service_rules__dbt_tmp"
  
    
    as (
      -- How a service without a cost centre of its own is shared, on each day it bears cost: its rule, else by headcount.
with

service_days as (

    select distinct
        owner_id as service_id,
        service_date
    from "w"."intermediate"."int_case_owners"
    where owner_type = 'service'

),

rules as (

    select * from "w"."staging"."stg_allocation_rules"
    where service_id is not null and method <> 'metered'

),

matches as (

    select
        service_days.service_id,
        service_days.service_date,
        rules.rule_id,
        rules.method,
        row_number() over (
            partition by service_days.service_id, service_days.service_date
            order by rules.priority, rules.rule_id
        ) as match_rank
    from service_days
    left join rules
        on
            service_days.service_id = rules.service_id
            and (service_days.service_date >= rules.valid_from and (rules.valid_to is null or service_days.service_date < rules.valid_to))

),

final as (

    select
        service_id,
        service_date,
        coalesce(rule_id, 'default') as rule_id,
        coalesce(method, 'headcount') as method
    from matches
    where match_rank = 1

)

select * from final
    );
    
  