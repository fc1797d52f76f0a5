{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Lines of expense that one cost centre receives and another bears: what the first books, and the accounts by which it
-- charges them on (accounting.md 3.2, J7 and J8). What is nobody's stays where it is.
with

lines as (

    select * from {{ ref('int_costs_lined') }}
    where
        treatment = 'expense'
        and cost_center_id is not null
        and holding_center_id is not null
        and (cost_center_id <> holding_center_id or entity_id <> paying_entity_id)

),

cost_centers as (select * from {{ ref('int_cost_centers_meant') }}),
latest as (select * from {{ ref('int_cost_centers_latest') }}),
posting_rules as (select * from {{ ref('stg_posting_rules') }}),

held as (

    select
        lines.line_id,
        lines.event,
        lines.period_end,
        coalesce(cost_centers.meant_id, lines.holding_center_id) as holding_center_id,
        coalesce(cost_centers.function, latest.function) as holding_function
    from lines
    left join cost_centers
        on lines.holding_center_id = cost_centers.cost_center_id and {{ holds_on('cost_centers', 'lines.period_end') }}
    left join latest on lines.holding_center_id = latest.cost_center_id

),

final as (

    select
        held.line_id,
        held.holding_center_id,
        held.holding_function,
        case
            when own.debit_account is not null then own.debit_account
            else
                {{ stop_with(
                    "'posting_rules.csv: add a rule for event ' || held.event || ', treatment expense, function '"
                    ~ " || held.holding_function || ', valid on ' || cast(held.period_end as string)"
                ) }}
        end as holding_account,
        case
            when internal.credit_account is not null then internal.credit_account
            else
                {{ stop_with(
                    "'posting_rules.csv: add a rule for event chargeback, treatment internal, as a cost centre of '"
                    ~ " || 'tokenbooks.yml receives a bill, valid on ' || cast(held.period_end as string)"
                ) }}
        end as passed_on_account,
        internal.debit_account as taken_over_account
    from held
    left join posting_rules as own
        on
            held.event = own.event
            and own.treatment = 'expense'
            and held.holding_function = own.function
            and {{ holds_on('own', 'held.period_end') }}
    left join posting_rules as internal
        on internal.event = 'chargeback' and internal.treatment = 'internal' and {{ holds_on('internal', 'held.period_end') }}

)

select * from final
