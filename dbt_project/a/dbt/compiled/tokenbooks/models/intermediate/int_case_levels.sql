-- For each case that nobody owns: the finest level at which use can be measured, or why there is none.
with

charge_cases as (

    select
        case_id,
        identity_id,
        source,
        account,
        service_date,
        coalesce(sub_account_id, '(none)') as sub_account_id,
        coalesce(model, '(none)') as model,
        coalesce(token_class, '(none)') as token_class,
        coalesce(service_tier, '(none)') as service_tier,
        coalesce(context_window, '(none)') as context_window
    from "w"."intermediate"."int_charge_cases"

),

identities as (

    select * from "w"."intermediate"."int_identities_owned"

),

drivers as (

    select * from "w"."staging"."stg_drivers"

),

levels as (

    select
        level_id,
        metered_level,
        max(weight_total) as weight_total,
        bool_and(is_measurable) as is_measurable
    from "w"."intermediate"."int_metered_weights"
    group by level_id, metered_level

),

candidates as (
    
    select
        charge_cases.case_id,
        md5(concat_ws(chr(31), coalesce(cast(0 as string), chr(30)), coalesce(cast(charge_cases.source as string), chr(30)), coalesce(cast(charge_cases.account as string), chr(30)), coalesce(cast(charge_cases.service_date as string), chr(30)), coalesce(cast(sub_account_id as string), chr(30)), coalesce(cast(model as string), chr(30)), coalesce(cast(token_class as string), chr(30)), coalesce(cast(service_tier as string), chr(30)), coalesce(cast(context_window as string), chr(30))))
            as level_id
    from charge_cases
    inner join identities on charge_cases.identity_id = identities.identity_id
    where identities.owner_type is null
    
    union all
    
    select
        charge_cases.case_id,
        md5(concat_ws(chr(31), coalesce(cast(1 as string), chr(30)), coalesce(cast(charge_cases.source as string), chr(30)), coalesce(cast(charge_cases.account as string), chr(30)), coalesce(cast(charge_cases.service_date as string), chr(30)), coalesce(cast(sub_account_id as string), chr(30)), coalesce(cast(model as string), chr(30)), coalesce(cast(token_class as string), chr(30))))
            as level_id
    from charge_cases
    inner join identities on charge_cases.identity_id = identities.identity_id
    where identities.owner_type is null
    
    union all
    
    select
        charge_cases.case_id,
        md5(concat_ws(chr(31), coalesce(cast(2 as string), chr(30)), coalesce(cast(charge_cases.source as string), chr(30)), coalesce(cast(charge_cases.account as string), chr(30)), coalesce(cast(charge_cases.service_date as string), chr(30)), coalesce(cast(sub_account_id as string), chr(30)), coalesce(cast(model as string), chr(30))))
            as level_id
    from charge_cases
    inner join identities on charge_cases.identity_id = identities.identity_id
    where identities.owner_type is null
    
    union all
    
    select
        charge_cases.case_id,
        md5(concat_ws(chr(31), coalesce(cast(3 as string), chr(30)), coalesce(cast(charge_cases.source as string), chr(30)), coalesce(cast(charge_cases.account as string), chr(30)), coalesce(cast(charge_cases.service_date as string), chr(30)), coalesce(cast(sub_account_id as string), chr(30))))
            as level_id
    from charge_cases
    inner join identities on charge_cases.identity_id = identities.identity_id
    where identities.owner_type is null
    
    union all
    
    select
        charge_cases.case_id,
        md5(concat_ws(chr(31), coalesce(cast(4 as string), chr(30)), coalesce(cast(charge_cases.source as string), chr(30)), coalesce(cast(charge_cases.account as string), chr(30)), coalesce(cast(charge_cases.service_date as string), chr(30))))
            as level_id
    from charge_cases
    inner join identities on charge_cases.identity_id = identities.identity_id
    where identities.owner_type is null
    
),

measured as (

    select
        candidates.case_id,
        min(case when levels.is_measurable and levels.weight_total > 0 then levels.metered_level end) as metered_level,
        count(levels.level_id) as levels_with_usage
    from candidates
    left join levels on candidates.level_id = levels.level_id
    group by candidates.case_id

),

driven as (

    select distinct cost_source from drivers

),

final as (

    select
        measured.case_id,
        measured.metered_level,
        case measured.metered_level
            when 0
                then md5(concat_ws(chr(31), coalesce(cast(0 as string), chr(30)), coalesce(cast(charge_cases.source as string), chr(30)), coalesce(cast(charge_cases.account as string), chr(30)), coalesce(cast(charge_cases.service_date as string), chr(30)), coalesce(cast(sub_account_id as string), chr(30)), coalesce(cast(model as string), chr(30)), coalesce(cast(token_class as string), chr(30)), coalesce(cast(service_tier as string), chr(30)), coalesce(cast(context_window as string), chr(30))))
            when 1
                then md5(concat_ws(chr(31), coalesce(cast(1 as string), chr(30)), coalesce(cast(charge_cases.source as string), chr(30)), coalesce(cast(charge_cases.account as string), chr(30)), coalesce(cast(charge_cases.service_date as string), chr(30)), coalesce(cast(sub_account_id as string), chr(30)), coalesce(cast(model as string), chr(30)), coalesce(cast(token_class as string), chr(30))))
            when 2
                then md5(concat_ws(chr(31), coalesce(cast(2 as string), chr(30)), coalesce(cast(charge_cases.source as string), chr(30)), coalesce(cast(charge_cases.account as string), chr(30)), coalesce(cast(charge_cases.service_date as string), chr(30)), coalesce(cast(sub_account_id as string), chr(30)), coalesce(cast(model as string), chr(30))))
            when 3
                then md5(concat_ws(chr(31), coalesce(cast(3 as string), chr(30)), coalesce(cast(charge_cases.source as string), chr(30)), coalesce(cast(charge_cases.account as string), chr(30)), coalesce(cast(charge_cases.service_date as string), chr(30)), coalesce(cast(sub_account_id as string), chr(30))))
            when 4
                then md5(concat_ws(chr(31), coalesce(cast(4 as string), chr(30)), coalesce(cast(charge_cases.source as string), chr(30)), coalesce(cast(charge_cases.account as string), chr(30)), coalesce(cast(charge_cases.service_date as string), chr(30))))
        end as level_id,
        case
            when measured.metered_level is not null then null
            when driven.cost_source is null then 'no_owner'
            when measured.levels_with_usage > 0 then 'unpriced_usage'
            else 'no_usage'
        end as pool_reason
    from measured
    inner join charge_cases on measured.case_id = charge_cases.case_id
    left join driven on charge_cases.source = driven.cost_source

)

select * from final