-- What each bearer's use costs on a day and in its month, where a management rule asks for it; exact but for picos.
with

charge_cases as (select * from {{ ref('int_charge_cases') }}),
shares as (select * from {{ ref('int_case_shares') }}),

asked as (

    select count(*) as rules from {{ ref('stg_management_rules') }}
    where amount_per_day is not null or amount_per_period is not null

),

borne as (

    select
        shares.bearer_type,
        shares.bearer_id,
        charge_cases.period,
        charge_cases.service_date,
        charge_cases.currency,
        {{ split_amount('charge_cases.recognized_cost', 'shares.owner_before', 'shares.owner_up_to', 'shares.owner_total') }}
            as owner_amount,
        shares.center_before,
        shares.center_up_to,
        shares.center_total
    from asked
    inner join shares on asked.rules > 0
    inner join charge_cases on shares.case_id = charge_cases.case_id

),

days as (

    select
        bearer_type,
        bearer_id,
        period,
        service_date,
        currency,
        sum({{ split_amount('owner_amount', 'center_before', 'center_up_to', 'center_total') }}) as amount_per_day
    from borne
    group by bearer_type, bearer_id, period, service_date, currency

),

final as (

    select
        *,
        sum(amount_per_day) over (partition by bearer_type, bearer_id, period, currency) as amount_per_period
    from days

)

select * from final
