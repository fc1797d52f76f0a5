-- The exports that a month's statement of an entity is made from, of accounts it pays or bears a part of. As reported where
-- the period is closed: what was restated since is not among them.
with

counted as (select * from {{ ref('int_exports_told') }}),
loads as (select * from {{ ref('stg_loads') }}),
reported as (select * from {{ ref('stg_reported_exports') }}),
placed as (select * from {{ ref('int_periods_placed') }}),

touched as (
    {% for relation in ['fct_charges', 'fct_allocations'] %}
    select
        period,
        entity_id,
        currency,
        source,
        account
    from {{ ref(relation) }}
    where {{ in_build_periods() }}
    {% if not loop.last %}union distinct{% endif %}
    {%- endfor %}
),

described as (

    select
        touched.period,
        touched.entity_id,
        touched.currency,
        loads.dataset,
        loads.source,
        loads.account,
        loads.load_id,
        loads.sha256,
        loads.window_from,
        loads.window_to,
        loads.as_of,
        max(coalesce(counted.charges, loads.rows)) as rows,
        max(counted.billed_cost) as billed_cost,
        min(counted.contributes) as contributes,
        min(counted.stated_by) as stated_by
    from touched
    inner join counted
        on
            touched.period = counted.period
            and touched.currency = counted.currency
            and touched.source = counted.cost_source
            and touched.account = counted.account
    inner join loads on counted.load_id = loads.load_id
    group by
        touched.period, touched.entity_id, touched.currency, loads.dataset, loads.source, loads.account, loads.load_id,
        loads.sha256, loads.window_from, loads.window_to, loads.as_of

),

final as (

    {{ as_reported('described', 'reported', ['period', 'entity_id', 'currency', 'dataset', 'source', 'account', 'load_id',
        'sha256', 'window_from', 'window_to', 'as_of', 'rows', 'billed_cost', 'contributes', 'stated_by']) | indent(4) }}

)

select * from final
