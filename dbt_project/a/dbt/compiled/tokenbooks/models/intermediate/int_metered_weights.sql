-- Weights of metering at each of the five levels. From level 2 on token classes mix, so the weights are value.
with

usage_owned as (

    select * from "w"."intermediate"."int_usage_owned"

),

weights as (
    
    select
        0 as metered_level,
        md5(concat_ws(chr(31), coalesce(cast(0 as string), chr(30)), coalesce(cast(source as string), chr(30)), coalesce(cast(account as string), chr(30)), coalesce(cast(service_date as string), chr(30)), coalesce(cast(sub_account_id as string), chr(30)), coalesce(cast(model as string), chr(30)), coalesce(cast(token_class as string), chr(30)), coalesce(cast(service_tier as string), chr(30)), coalesce(cast(context_window as string), chr(30)))) as level_id,
        owner_key, service_date, owner_type, owner_id, project_id, activity, tagged_workload, tagged_cost_center_id,
        sum(tokens) as weight,
        -- numbers of different things cannot be added
        min(unit) as smallest_unit,
        max(unit) as largest_unit,
        true as is_priced
    from usage_owned
    
    group by source, account, service_date, sub_account_id, model, token_class, service_tier, context_window, owner_key, owner_type, owner_id, project_id, activity, tagged_workload, tagged_cost_center_id
    
    union all
    
    select
        1 as metered_level,
        md5(concat_ws(chr(31), coalesce(cast(1 as string), chr(30)), coalesce(cast(source as string), chr(30)), coalesce(cast(account as string), chr(30)), coalesce(cast(service_date as string), chr(30)), coalesce(cast(sub_account_id as string), chr(30)), coalesce(cast(model as string), chr(30)), coalesce(cast(token_class as string), chr(30)))) as level_id,
        owner_key, service_date, owner_type, owner_id, project_id, activity, tagged_workload, tagged_cost_center_id,
        sum(tokens) as weight,
        -- numbers of different things cannot be added
        min(unit) as smallest_unit,
        max(unit) as largest_unit,
        true as is_priced
    from usage_owned
    
    group by source, account, service_date, sub_account_id, model, token_class, owner_key, owner_type, owner_id, project_id, activity, tagged_workload, tagged_cost_center_id
    
    union all
    
    select
        2 as metered_level,
        md5(concat_ws(chr(31), coalesce(cast(2 as string), chr(30)), coalesce(cast(source as string), chr(30)), coalesce(cast(account as string), chr(30)), coalesce(cast(service_date as string), chr(30)), coalesce(cast(sub_account_id as string), chr(30)), coalesce(cast(model as string), chr(30)))) as level_id,
        owner_key, service_date, owner_type, owner_id, project_id, activity, tagged_workload, tagged_cost_center_id,
        -- nano-units of value: fine enough for a weight, and small enough that cost x weight stays exact
        (cast(coalesce(sum(value_picos), 0) as hugeint) // cast(1000 as hugeint)) as weight,
        '' as smallest_unit,
        '' as largest_unit,
        bool_and(is_priced) as is_priced
    from usage_owned
    where token_class <> '(none)'
    group by source, account, service_date, sub_account_id, model, owner_key, owner_type, owner_id, project_id, activity, tagged_workload, tagged_cost_center_id
    
    union all
    
    select
        3 as metered_level,
        md5(concat_ws(chr(31), coalesce(cast(3 as string), chr(30)), coalesce(cast(source as string), chr(30)), coalesce(cast(account as string), chr(30)), coalesce(cast(service_date as string), chr(30)), coalesce(cast(sub_account_id as string), chr(30)))) as level_id,
        owner_key, service_date, owner_type, owner_id, project_id, activity, tagged_workload, tagged_cost_center_id,
        -- nano-units of value: fine enough for a weight, and small enough that cost x weight stays exact
        (cast(coalesce(sum(value_picos), 0) as hugeint) // cast(1000 as hugeint)) as weight,
        '' as smallest_unit,
        '' as largest_unit,
        bool_and(is_priced) as is_priced
    from usage_owned
    where token_class <> '(none)'
    group by source, account, service_date, sub_account_id, owner_key, owner_type, owner_id, project_id, activity, tagged_workload, tagged_cost_center_id
    
    union all
    
    select
        4 as metered_level,
        md5(concat_ws(chr(31), coalesce(cast(4 as string), chr(30)), coalesce(cast(source as string), chr(30)), coalesce(cast(account as string), chr(30)), coalesce(cast(service_date as string), chr(30)))) as level_id,
        owner_key, service_date, owner_type, owner_id, project_id, activity, tagged_workload, tagged_cost_center_id,
        -- nano-units of value: fine enough for a weight, and small enough that cost x weight stays exact
        (cast(coalesce(sum(value_picos), 0) as hugeint) // cast(1000 as hugeint)) as weight,
        '' as smallest_unit,
        '' as largest_unit,
        bool_and(is_priced) as is_priced
    from usage_owned
    where token_class <> '(none)'
    group by source, account, service_date, owner_key, owner_type, owner_id, project_id, activity, tagged_workload, tagged_cost_center_id
    
),

final as (

    select
        metered_level,
        level_id,
        owner_key, service_date, owner_type, owner_id, project_id, activity, tagged_workload, tagged_cost_center_id,
        weight,
        sum(weight) over level_in_order - weight as weight_before,
        sum(weight) over level_in_order as weight_up_to,
        sum(weight) over level_whole as weight_total,
        bool_and(is_priced) over level_whole
        and min(smallest_unit) over level_whole = max(largest_unit) over (level_whole) as is_measurable
    from weights
    window
        level_whole as (partition by level_id),
        level_in_order as (
            partition by level_id
            order by owner_type, owner_id, owner_key
            rows between unbounded preceding and current row
        )

)

select * from final