
    

    create  table
      "w"."intermediate"."int_case_shares__dbt_tmp"
  
    
    as (
      -- Every share of every case: owner, cost centre, class and treatment, with the weights that split an amount exactly.
with

charge_cases as (

    select * from "w"."intermediate"."int_charge_cases"

),

case_owners as (

    select * from "w"."intermediate"."int_case_owners"

),

owner_shares as (

    select * from "w"."intermediate"."int_owner_shares"

),

classes as (

    select * from "w"."intermediate"."int_owners_classified"

),

treatments as (

    select * from "w"."intermediate"."int_treatments"

),

accounts as (

    select * from "w"."intermediate"."int_accounts_owned"

),

shares as (

    select
        charge_cases.case_id,
        coalesce(owner_shares.entity_id, accounts.entity_id) as entity_id,
        owner_shares.bearer_type,
        owner_shares.bearer_id,
        owner_shares.cost_center_id,
        owner_shares.project_id,
        owner_shares.activity,
        owner_shares.workload,
        case
            when owner_shares.bearer_type = 'pool' then 'pool'
            when case_owners.method = 'dedicated' then coalesce(owner_shares.driver_method, 'dedicated')
            else case_owners.method
        end as method,
        case
            when owner_shares.bearer_type = 'pool' then 'E'
            when owner_shares.driver_method is not null then greatest(case_owners.grade, 'D')
            else case_owners.grade
        end as grade,
        owner_shares.pool_reason,
        classes.mgmt_class,
        classes.mgmt_reason,
        classes.mgmt_policy,
        treatments.us_gaap_treatment,
        treatments.ifrs_treatment,
        treatments.tax_treatment,
        treatments.statutory_reason,
        treatments.statutory_policy,
        case_owners.owner_before,
        case_owners.owner_up_to,
        case_owners.owner_total,
        owner_shares.center_before,
        owner_shares.center_up_to,
        owner_shares.center_total,
        case
        when case_owners.owner_before = 0 and case_owners.owner_up_to = case_owners.owner_total then cast(1000000000000 as hugeint)
        else
            (cast(cast(1000000000000 as hugeint) * case_owners.owner_up_to + (case_owners.owner_total - 1) as hugeint) // cast(case_owners.owner_total as hugeint))
            - (cast(cast(1000000000000 as hugeint) * case_owners.owner_before + (case_owners.owner_total - 1) as hugeint) // cast(case_owners.owner_total as hugeint))
    end as owner_ratio,
        row_number() over (
            partition by charge_cases.case_id
            order by case_owners.owner_up_to, owner_shares.center_up_to
        ) as share_no
    from charge_cases
    inner join case_owners on charge_cases.case_id = case_owners.case_id
    inner join owner_shares on case_owners.owner_key = owner_shares.owner_key
    inner join classes on owner_shares.owner_key = classes.owner_key
    inner join treatments on owner_shares.service_date = treatments.service_date
    left join accounts on charge_cases.source = accounts.source and charge_cases.account = accounts.account

),

-- The weights behind a split, fixed in a hash, so that an auditor can tell whether they have changed since.
hashes as (

    select
        case_id,
        md5(array_to_string(list_sort(list(concat_ws(':', cast(share_no as string), bearer_type, bearer_id, coalesce(cost_center_id, ''), cast(owner_before as string), cast(owner_up_to as string), cast(owner_total as string), cast(center_before as string), cast(center_up_to as string), cast(center_total as string)))), ';')) as weights_hash
    from shares
    group by case_id

),

final as (

    select
        shares.*,
        cast(
            cast(case
        when center_before = 0 and center_up_to = center_total then owner_ratio
        else
            (cast(owner_ratio * center_up_to + (center_total - 1) as hugeint) // cast(center_total as hugeint))
            - (cast(owner_ratio * center_before + (center_total - 1) as hugeint) // cast(center_total as hugeint))
    end as decimal(38, 0))
            * 0.000000000001 as decimal(13, 12)
        ) as ratio,
        hashes.weights_hash
    from shares
    inner join hashes on shares.case_id = hashes.case_id

)

select * from final
    );
    
  