-- What a charge costs less than it was billed because it was paid from prepaid credit that had cost less than its face, or
-- nothing: the difference of the day, split exactly over the use of the day.
with

charges as (select * from {{ ref('stg_charges') }}),
draws as (select * from {{ ref('int_prepaid_days') }}),

differences as (

    select
        source,
        account,
        currency,
        day,
        sum(drawn_face - drawn_cost) as difference
    from draws
    where not is_drawn_by_provider
    group by source, account, currency, day
    having sum(drawn_face - drawn_cost) <> 0

),

weighed as (

    select
        charges.charge_id,
        differences.difference,
        {{ to_picos('charges.billed_cost') }} as weight,
        sum({{ to_picos('charges.billed_cost') }}) over ({{ 'partition by charges.source, charges.account, '
            ~ 'charges.currency, charges.service_date' }} order by charges.charge_id) as up_to,
        sum({{ to_picos('charges.billed_cost') }}) over ({{ 'partition by charges.source, charges.account, '
            ~ 'charges.currency, charges.service_date' }}) as total
    from charges
    inner join differences
        on
            charges.source = differences.source
            and charges.account = differences.account
            and charges.currency = differences.currency
            and charges.service_date = differences.day
    where charges.charge_category = 'Usage' and charges.billed_cost > 0

),

final as (

    select
        charge_id,
        {{ split_amount('difference', '(up_to - weight)', 'up_to', 'total') }} as discount
    from weighed

)

select * from final
