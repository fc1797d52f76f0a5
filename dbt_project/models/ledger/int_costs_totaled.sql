{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Exact cost per day at the grain of statement, journal and tax memo together, and the line of the journal each amount
-- belongs to: the one time that the ledger reads the allocations.
with

allocations as (

    select * from {{ ref('fct_allocations') }}
    where {{ in_build_periods() }}

),

accounts as (select * from {{ ref('int_accounts_owned') }}),
entities as (select * from {{ ref('stg_entities') }}),
cost_centers as (select * from {{ ref('int_cost_centers_latest') }}),

{% set grain = ['period', 'charge_date', 'source', 'account', 'entity_id', 'currency', 'event', 'model', 'cost_center_id',
    'project_id', 'module_id', 'bearer_type', 'mgmt_class', 'book_treatment', 'book_function', 'book_policy',
    'tax_treatment'] -%}

totals as (

    select
        {{ grain | join(', ') }},
        sum(amount) as amount
    from allocations
    group by {{ grain | join(', ') }}

),

described as (

    select
        totals.*,
        accounts.entity_id as paying_entity_id,
        accounts.cost_center_id as holding_center_id,
        coalesce(payers.functional_currency, totals.currency) as paying_currency,
        coalesce(bearers.functional_currency, totals.currency) as bearing_currency,
        coalesce(totals.cost_center_id, '(unallocated)') as statement_center_id,
        coalesce(cost_centers.cost_center_name, '(unallocated)') as cost_center_name,
        totals.book_treatment as treatment,
        totals.book_function as function
    from totals
    inner join accounts on totals.source = accounts.source and totals.account = accounts.account
    left join entities as payers on accounts.entity_id = payers.entity_id
    left join entities as bearers on totals.entity_id = bearers.entity_id
    left join cost_centers on totals.cost_center_id = cost_centers.cost_center_id

),

final as (

    select
        *,
        {{ row_key(['period', 'source', 'account', 'currency', 'paying_entity_id', 'entity_id', 'event', 'treatment',
            'function', 'cost_center_id', 'project_id', 'module_id']) }} as line_id
    from described

)

select * from final
