-- Every share of every charge, split exactly: first among its owners, then each owner among cost centres.
with

charges as (select * from {{ ref('int_charges_recognized') }}),
shares as (select * from {{ ref('int_shares_classed') }}),

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
        -- what was billed when credit was bought is drawn from it now
        case when charges.billed_cost = 0 and charges.recognized_cost <> 0 then 'drawdown' else 'accrual' end as event,
        {{ split_amount('charges.recognized_cost', 'shares.owner_before', 'shares.owner_up_to', 'shares.owner_total') }}
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
        event,

        ---------- who bears it, and how that is known
        bearer_type,
        bearer_id,
        cost_center_id,
        project_id,
        module_id,
        activity,
        workload,
        step,
        method,
        allocation_rule,
        waterfall,
        grade,
        project_grade,
        ratio,
        {{ split_amount('owner_amount', 'center_before', 'center_up_to', 'center_total') }} as amount,

        ---------- classes
        mgmt_class,
        mgmt_reason,
        mgmt_policy,
        {%- for framework in var('frameworks').values() %}
        {{ framework }}_treatment,
        {{ framework }}_reason,
        {{ framework }}_policy,
        {%- endfor %}
        book_treatment,
        book_function,
        book_policy,
        evidence_ids,
        pool_reason,
        weights_hash
    from owner_slices

)

select * from final
