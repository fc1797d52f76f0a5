-- Each asset in each period: cost in progress and in service, what is charged and written off, and what is left. Book
-- TAX_US is a memo for the tax return that is never posted (accounting.md sections 2.7 and EX-31).
with

history as (select * from {{ ref('int_asset_terms') }}),
currencies as (select * from {{ ref('stg_currencies') }}),

measured as (

    select
        history.*,
        {{ picos_in_minor_unit('currencies.minor_units') }} as pico,
        cast(row_number() over (partition by history.asset_id order by history.period) as integer) as seq
    from history
    left join currencies on history.currency = currencies.currency

),

terms as (

    select
        asset_id,
        seq,
        month_index,
        {{ whole_quotient(to_picos('added'), 'pico') }} as added,
        {{ whole_quotient(to_picos('impaired'), 'pico') }} as impaired,
        is_ready,
        is_abandoned,
        start_month,
        month_parts,
        first_parts,
        life_months,
        rounding,
        true_up
    from measured

),

schedule as (

    {{ amortized('terms') | indent(4) }}

),

final as (

    select
        measured.asset_id,
        measured.book,
        measured.period,
        measured.entity_id,
        measured.project_id,
        measured.module_id,
        measured.asset_class,
        measured.account_id,
        measured.currency,
        schedule.in_service as is_in_service,
        measured.ready_on,
        cast(measured.life_months as integer) as life_months,
        measured.life_basis,
        cast({{ whole_quotient('greatest(measured.life_months * measured.month_parts - schedule.elapsed, 0) '
            ~ '+ measured.month_parts - 1', 'measured.month_parts') }} as integer) as remaining_months,
        measured.convention,
        measured.rounding,
        measured.true_up,
        measured.policy,
        measured.policy_hash,
        measured.added as additions,
        {%- for name in ['opening_cost', 'placed', 'cost_written_off', 'cost', 'opening_accumulated', 'charge', 'catch_up',
            'accumulated_written_off', 'accumulated'] %}
        cast({{ from_picos('schedule.' ~ name ~ ' * measured.pico') }} as decimal(28, 4)) as {{ name }},
        {%- endfor %}
        cast({{ from_picos('(schedule.cost - schedule.accumulated) * measured.pico') }} as decimal(28, 4)) as carrying_amount
    from measured
    inner join schedule on measured.asset_id = schedule.asset_id and measured.seq = schedule.seq
    where {{ in_build_periods('measured.period') }}

)

select * from final
