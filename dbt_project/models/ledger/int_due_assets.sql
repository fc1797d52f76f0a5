{{ config(schema='intermediate', contract={'enforced': false}) }}

-- What the ledger should say of capitalised software: what goes into service, its amortisation, and what is written off
-- (accounting.md J4 to J6). Implementation of a hosting arrangement stays on its account until it is amortised away.
with

assets as (select * from {{ ref('int_assets_booked') }}),
accounts as (select * from {{ ref('int_asset_accounts') }}),

booked as (

    select
        assets.*,
        accounts.expense_account,
        accounts.accumulated_account,
        accounts.loss_account,
        assets.account_id as progress_account,
        coalesce(accounts.service_account, assets.account_id) as service_account,
        case when assets.is_in_service then coalesce(accounts.service_account, assets.account_id) else assets.account_id end
            as cost_account
    from assets
    inner join accounts on assets.asset_id = accounts.asset_id and assets.period = accounts.period

),

{% set legs = [
    ('ready_for_use', 'service_account', 'placed'),
    ('ready_for_use', 'progress_account', '-placed'),
    ('amortization', 'expense_account', 'charge'),
    ('amortization', 'accumulated_account', '-charge'),
    ('impairment', 'loss_account', 'cost_written_off - accumulated_written_off'),
    ('impairment', 'accumulated_account', 'accumulated_written_off'),
    ('impairment', 'cost_account', '-cost_written_off'),
] -%}

legs as (
    {% for event, account, amount in legs %}
    {%- set is_cost = account in ('expense_account', 'loss_account') %}
    select
        entity_id as origin_entity_id,
        entity_id,
        period,
        period_end as posting_date,
        '{{ event }}' as event,
        'period_end' as cause,
        currency,
        {{ account }} as account_id,
        {{ 'cost_center_id' if is_cost else 'cast(null as string)' }} as cost_center_id,
        {{ 'function' if is_cost else 'cast(null as string)' }} as function,
        project_id,
        module_id,
        cast(null as string) as source,
        cast(null as string) as account,
        cast(null as string) as counterparty_entity_id,
        {{ amount }} as amount,
        currency as functional_currency,
        {{ amount }} as functional_amount,
        1 as fx_rate,
        cast(null as string) as fx_rate_type,
        period_end as fx_rate_date,
        'same currency' as fx_rate_source,
        '{{ event }}/' || treatment || ' ' || policy as rule,
        policy_hash
    from booked
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

final as (

    {{ summed_lines('legs') | indent(4) }}

)

select * from final
