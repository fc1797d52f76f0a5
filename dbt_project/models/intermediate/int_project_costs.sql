-- What each project costs in a month that a framework would capitalise, before the threshold of a project and year is asked.
with

weighed as (

    select * from {{ ref('int_treatments_weighed') }}
    where treatment in ('capitalise', 'capitalise_cca_impl') and kept_from is null and project_id is not null

),

described as (select * from {{ ref('int_shares_described') }}),
shares as (select * from {{ ref('int_case_shares') }}),
charge_cases as (select * from {{ ref('int_charge_cases') }}),

parts as (

    select
        weighed.period,
        weighed.framework,
        weighed.project_id,
        weighed.currency,
        {{ split_amount('charge_cases.recognized_cost', 'shares.owner_before', 'shares.owner_up_to', 'shares.owner_total') }}
            as owner_amount,
        shares.center_before,
        shares.center_up_to,
        shares.center_total
    from weighed
    inner join described on weighed.slice_id = described.slice_id
    inner join shares on described.case_id = shares.case_id and described.share_no = shares.share_no
    inner join charge_cases on described.case_id = charge_cases.case_id

),

final as (

    select
        period,
        framework,
        project_id,
        currency,
        cast(sum({{ split_amount('owner_amount', 'center_before', 'center_up_to', 'center_total') }}) as decimal(38, 12))
            as amount
    from parts
    group by period, framework, project_id, currency

)

select * from final
