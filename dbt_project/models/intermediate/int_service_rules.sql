-- How a service without a cost centre of its own is shared, on each day it bears cost: its rule, else by headcount.
with

service_days as (

    select distinct
        owner_id as service_id,
        service_date
    from {{ ref('int_case_owners') }}
    where owner_type = 'service'

),

rules as (

    select * from {{ ref('stg_allocation_rules') }}
    where service_id is not null and method <> 'metered'

),

matches as (

    select
        service_days.service_id,
        service_days.service_date,
        rules.rule_version,
        rules.method,
        row_number() over (
            partition by service_days.service_id, service_days.service_date
            order by rules.priority, rules.rule_id
        ) as match_rank
    from service_days
    left join rules
        on
            service_days.service_id = rules.service_id
            and {{ holds_on('rules', 'service_days.service_date') }}

),

final as (

    select
        service_id,
        service_date,
        coalesce(rule_version, 'default') as rule_version,
        coalesce(method, 'headcount') as method
    from matches
    where match_rank = 1

)

select * from final
