-- What AI cost, by who bears it: exact, and in minor units that sum to the journal in any grouping.
with

costs as (

    select
        totaled.*,
        lines.minor_unit_picos,
        lines.rounded_units as line_units
    from {{ ref('int_costs_totaled') }} as totaled
    inner join {{ ref('int_lines_rounded') }} as lines on totaled.line_id = lines.line_id

),

sources as (select * from {{ ref('stg_sources') }}),

rounded as (

    {{ largest_remainder('costs', ['line_id'], 'row_order', 'amount', 'minor_unit_picos', 'line_units') | indent(4) }}

),

final as (

    select
        rounded.period,
        rounded.entity_id,
        rounded.currency,
        rounded.source,
        sources.provider,
        rounded.account,
        rounded.model,
        rounded.statement_center_id as cost_center_id,
        rounded.cost_center_name,
        rounded.function,
        rounded.bearer_type,
        rounded.mgmt_class,
        rounded.amount,
        cast({{ from_picos('rounded.rounded_units * rounded.minor_unit_picos') }} as decimal(28, 4)) as amount_rounded
    from rounded
    left join sources on rounded.source = sources.source

)

select * from final
