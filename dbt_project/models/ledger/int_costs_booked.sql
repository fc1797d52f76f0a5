{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Each line of cost with its amount in the bill's, the payer's and the bearer's currency, the accounts that take part in
-- it, and the event under which each side is booked.
with

ruled as (select * from {{ ref('int_lines_ruled') }}),
rounded as (select * from {{ ref('int_lines_rounded') }}),
held as (select * from {{ ref('int_lines_held') }}),

final as (

    select
        ruled.*,
        ruled.event || '/' || ruled.treatment || '/' || coalesce(ruled.function, '') || ' ' || ruled.policy as rule,
        case
            when ruled.entity_id = ruled.paying_entity_id and held.line_id is null then ruled.event else 'chargeback'
        end as booked_event,
        case
            when ruled.entity_id = ruled.paying_entity_id or held.line_id is not null then ruled.event else 'chargeback'
        end as owed_event,
        case
            when ruled.entity_id = ruled.paying_entity_id then coalesce(held.taken_over_account, ruled.debit_account)
            else ruled.debit_account
        end as bearing_account,
        ruled.entity_id <> ruled.paying_entity_id as is_charged_back,
        held.line_id is not null as is_held,
        held.holding_center_id as held_center_id,
        held.holding_function,
        held.holding_account,
        held.passed_on_account,
        {%- for side in ['paid', 'borne'] %}
        {{ side }}.rounded_amount as {{ side }}_amount,
        {{ side }}.fx_rate as {{ side }}_rate,
        {{ side }}.fx_rate_type as {{ side }}_rate_type,
        {{ side }}.fx_rate_date as {{ side }}_rate_date,
        {{ side }}.fx_rate_source as {{ side }}_rate_source,
        {%- endfor %}
        billed.rounded_amount
    from ruled
    left join held on ruled.line_id = held.line_id
    inner join rounded as billed on ruled.line_id = billed.line_id and ruled.currency = billed.to_currency
    inner join rounded as paid on ruled.line_id = paid.line_id and ruled.paying_currency = paid.to_currency
    inner join rounded as borne on ruled.line_id = borne.line_id and ruled.bearing_currency = borne.to_currency

)

select * from final
