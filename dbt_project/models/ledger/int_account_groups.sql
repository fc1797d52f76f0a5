{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- The accounts of the balance sheet whose movements are shown, by what the posting rules use them for.
with

posting_rules as (select * from {{ ref('stg_posting_rules') }}),

uses as (

    select
        debit_account as account_id,
        case treatment when 'capitalise' then 'in_progress' else 'implementation' end as account_group,
        1 as group_rank
    from posting_rules
    where event in ('accrual', 'drawdown') and treatment in ('capitalise', 'capitalise_cca_impl')
    {% for side, group, condition in [
        ('debit', 'in_service', "event = 'ready_for_use'"),
        ('credit', 'accumulated', "event = 'amortization' and treatment = 'capitalise'"),
        ('debit', 'prepaid', "event = 'prepaid_purchase'"),
        ('credit', 'accrued', "event = 'accrual'"),
    ] -%}
    union
    select
        {{ side }}_account as account_id,
        '{{ group }}' as account_group,
        {{ loop.index + 1 }} as group_rank
    from posting_rules
    where {{ condition }}
    {% endfor %}
),

ranked as (

    select
        account_id,
        account_group,
        row_number() over (partition by account_id order by group_rank) as use_rank
    from uses

),

final as (

    select
        account_id,
        account_group
    from ranked
    where use_rank = 1

)

select * from final
