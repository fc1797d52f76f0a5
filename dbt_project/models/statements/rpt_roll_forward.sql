-- What each account of software, prepaid credit and accrued use held before a period, what moved it, and what it holds
-- after, in the entity's currency; debit positive (INV-17).
with

postings as (select * from {{ ref('fct_postings') }}),
account_groups as (select * from {{ ref('int_account_groups') }}),
build_periods as (select * from {{ ref('stg_build_periods') }}),

movements as (

    select
        postings.entity_id,
        postings.book,
        postings.functional_currency as currency,
        account_groups.account_group,
        postings.account_id,
        postings.period,
        case
            when postings.event = 'ready_for_use' then 'placed'
            when postings.event in ('impairment', 'breakage') then 'written_off'
            when postings.event = 'fx' then 'remeasured'
            when
                postings.event = 'amortization'
                or (account_groups.account_group = 'prepaid' and postings.event = 'drawdown')
                or (account_groups.account_group = 'accrued' and postings.event in ('invoice', 'settlement', 'drawdown'))
                then 'used'
            else 'additions'
        end as movement,
        sum(postings.functional_debit - postings.functional_credit) as amount
    from postings
    inner join account_groups on postings.account_id = account_groups.account_id
    group by
        postings.entity_id, postings.book, postings.functional_currency, account_groups.account_group, postings.account_id,
        postings.period, postings.event

),

final as (

    select
        movements.entity_id,
        movements.book,
        build_periods.period,
        movements.currency,
        movements.account_group,
        movements.account_id,
        cast(sum(case when movements.period < build_periods.period then movements.amount else 0 end) as decimal(28, 4))
            as opening,
        {%- for movement in ['additions', 'placed', 'used', 'written_off', 'remeasured'] %}
        cast(sum(
            case
                when movements.period = build_periods.period and movements.movement = '{{ movement }}' then movements.amount
                else 0
            end
        ) as decimal(28, 4)) as {{ movement }},
        {%- endfor %}
        cast(sum(movements.amount) as decimal(28, 4)) as closing
    from movements
    inner join build_periods on movements.period <= build_periods.period
    group by
        movements.entity_id, movements.book, build_periods.period, movements.currency, movements.account_group,
        movements.account_id

)

select * from final
