-- What AI cost, by who bears it: as reported where the period is closed, else as it stands.
with

stated as (

    select
        *,
        statement_center_id as cost_center_id
    from {{ ref('int_costs_stated') }}

),

reported as (select * from {{ ref('stg_reported_cost_statement') }}),
placed as (select * from {{ ref('int_periods_placed') }}),

final as (

    {{ as_reported('stated', 'reported', ['period', 'entity_id', 'currency', 'source', 'provider', 'account', 'model',
        'cost_center_id', 'cost_center_name', 'function', 'bearer_type', 'mgmt_class', 'treatment', 'amount',
        'amount_rounded']) | indent(4) }}

)

select * from final
