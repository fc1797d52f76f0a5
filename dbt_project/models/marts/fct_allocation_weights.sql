-- The weights behind every split of a period: whoever has a row can compute its shares again, and its hash.
with

charge_cases as (select * from {{ ref('int_charge_cases') }}),
shares as (select * from {{ ref('int_case_shares') }}),

final as (

    select distinct
        charge_cases.period,
        shares.weights_hash,
        shares.share_no,
        shares.waterfall,
        shares.step,
        shares.method,
        shares.grade,
        shares.allocation_rule,
        shares.bearer_type,
        shares.bearer_id,
        shares.cost_center_id,
        shares.project_id,
        shares.activity,
        {%- for weight in ['owner_before', 'owner_up_to', 'owner_total', 'center_before', 'center_up_to', 'center_total'] %}
        cast(shares.{{ weight }} as decimal(38, 0)) as {{ weight }},
        {%- endfor %}
        shares.ratio
    from shares
    inner join charge_cases on shares.case_id = charge_cases.case_id

)

select * from final
