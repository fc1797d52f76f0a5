-- Every share of every charge, split exactly: first among its owners, then each owner among cost centres.
with

charges as (

    select * from "w"."staging"."stg_charges"

),

shares as (

    select * from "w"."intermediate"."int_case_shares"

),

owner_slices as (

    select
        charges.charge_id,
        charges.period,
        charges.service_date,
        charges.source,
        charges.account,
        charges.model,
        charges.token_class,
        charges.currency,
        case
        when shares.owner_before = 0 and shares.owner_up_to = shares.owner_total then cast(charges.recognized_cost as decimal(38, 12))
        when charges.recognized_cost < 0
            then -cast(cast(case
        when shares.owner_before = 0 and shares.owner_up_to = shares.owner_total then cast((-charges.recognized_cost) * 1000000000000 as hugeint)
        else
            (cast(cast((-charges.recognized_cost) * 1000000000000 as hugeint) * shares.owner_up_to + (shares.owner_total - 1) as hugeint) // cast(shares.owner_total as hugeint))
            - (cast(cast((-charges.recognized_cost) * 1000000000000 as hugeint) * shares.owner_before + (shares.owner_total - 1) as hugeint) // cast(shares.owner_total as hugeint))
    end as decimal(38, 0)) * 0.000000000001 as decimal(38, 12))
        else cast(cast(case
        when shares.owner_before = 0 and shares.owner_up_to = shares.owner_total then cast((charges.recognized_cost) * 1000000000000 as hugeint)
        else
            (cast(cast((charges.recognized_cost) * 1000000000000 as hugeint) * shares.owner_up_to + (shares.owner_total - 1) as hugeint) // cast(shares.owner_total as hugeint))
            - (cast(cast((charges.recognized_cost) * 1000000000000 as hugeint) * shares.owner_before + (shares.owner_total - 1) as hugeint) // cast(shares.owner_total as hugeint))
    end as decimal(38, 0)) * 0.000000000001 as decimal(38, 12))
    end
            as owner_amount,
        shares.*
    from charges
    inner join shares on charges.case_id = shares.case_id

),

final as (

    select
        charge_id || ':' || cast(share_no as string) as allocation_id,
        charge_id,
        period,
        service_date as charge_date,
        source,
        account,
        entity_id,
        model,
        token_class,
        currency,

        ---------- who bears it, and how that is known
        bearer_type,
        bearer_id,
        cost_center_id,
        project_id,
        activity,
        workload,
        method,
        grade,
        ratio,
        case
        when center_before = 0 and center_up_to = center_total then cast(owner_amount as decimal(38, 12))
        when owner_amount < 0
            then -cast(cast(case
        when center_before = 0 and center_up_to = center_total then cast((-owner_amount) * 1000000000000 as hugeint)
        else
            (cast(cast((-owner_amount) * 1000000000000 as hugeint) * center_up_to + (center_total - 1) as hugeint) // cast(center_total as hugeint))
            - (cast(cast((-owner_amount) * 1000000000000 as hugeint) * center_before + (center_total - 1) as hugeint) // cast(center_total as hugeint))
    end as decimal(38, 0)) * 0.000000000001 as decimal(38, 12))
        else cast(cast(case
        when center_before = 0 and center_up_to = center_total then cast((owner_amount) * 1000000000000 as hugeint)
        else
            (cast(cast((owner_amount) * 1000000000000 as hugeint) * center_up_to + (center_total - 1) as hugeint) // cast(center_total as hugeint))
            - (cast(cast((owner_amount) * 1000000000000 as hugeint) * center_before + (center_total - 1) as hugeint) // cast(center_total as hugeint))
    end as decimal(38, 0)) * 0.000000000001 as decimal(38, 12))
    end as amount,

        ---------- classes
        mgmt_class,
        mgmt_reason,
        mgmt_policy,
        us_gaap_treatment,
        ifrs_treatment,
        tax_treatment,
        statutory_reason,
        statutory_policy,
        pool_reason,
        weights_hash
    from owner_slices

)

select * from final