{{ config(schema='intermediate', contract={'enforced': false}) }}

-- Remeasurement: what a monetary balance in foreign currency is worth at the closing rate, less what it stands at, less what
-- was said of it a month earlier. In the entity's own currency alone; the other side is gain or loss. Debit positive.
with

valued as (select * from {{ ref('int_monetary_gains') }}),
build_periods as (select * from {{ ref('stg_build_periods') }}),

changed as (

    select
        *,
        gained - coalesce(lag(gained) over (
            partition by
                origin_entity_id, entity_id, currency, functional_currency, account_id, source, account,
                counterparty_entity_id
            order by period
        ), 0) as gain
    from valued

),

current_changes as (

    select changed.*
    from changed
    inner join build_periods on changed.period = build_periods.period
    where changed.gain <> 0

),

{% set said = {
    'posting_date': 'day', 'event': "'fx'", 'cause': "'period_end'", 'amount': '0', 'rule': "'fx/remeasurement'",
    'policy_hash': 'null', 'cost_center_id': 'null', 'function': 'null', 'project_id': 'null', 'module_id': 'null'
} -%}

legs as (

    {{ due_leg('current_changes', dict(said, functional_amount='gain')) | indent(4) }}
    union all
    {{ due_leg('current_changes', dict(said, account_id='gain_account', functional_amount='-gain')) | indent(4) }}

),

final as (

    {{ summed_lines('legs') | indent(4) }}

)

select * from final
