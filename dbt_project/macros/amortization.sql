{#-
    The life of assets month by month, in whole minor units (accounting.md section 2.7): one row per row of `terms`.
    A month carries on from the one before, so no change ever rewrites a month that was. Straight line:
    accumulated(k) = base + round((cost - base) * k / n), half away from zero; a month's charge is the difference of two
    of these, so the charges sum to the cost (EX-09, EX-10). The base is set anew by a change of life (EX-11), an
    impairment, and cost added that is spread forward (EX-14): what is left is spread over the parts that are left.

    terms  a CTE: asset_id, seq (1, 2, .. per asset), month_index, added and impaired (units), is_ready and is_abandoned
           (by the end of the month), start_month (month_index of the first charge, or null), month_parts and first_parts
           (days of that month, and of them charged; 1 and 1 for whole months), life_months,
           rounding ('telescoping', 'last_period_plug'), true_up ('catch_up', 'prospective')

    Gives asset_id, seq, in_service, abandoned and the units in `carried`: `charge` with `catch_up`, the part of it that
    belongs to earlier months; `placed` the cost that goes into service; what is written off of cost and accumulated.
-#}
{% macro amortized(terms) -%}
{%- set carried = {
    'opening_cost': 'cost_before',
    'cost': 'gross - written_cost',
    'placed': 'case when is_in_service then gross - placed_before else 0 end',
    'placed_cost': 'case when is_in_service then gross - written_cost else 0 end',
    'opening_accumulated': 'accumulated_before',
    'charge': 'reached - accumulated_before',
    'catch_up': 'reached_by_start - accumulated_before',
    'cost_written_off': 'written_cost',
    'accumulated_written_off': 'written_accumulated',
    'accumulated': 'reached - written_accumulated',
    'base': 'new_base',
    'base_parts': 'new_base_parts',
    'elapsed': 'new_elapsed',
    'months_of_life': 'life_months',
} -%}
with recursive months as (
    select
        asset_id,
        cast(0 as integer) as seq,
        false as in_service,
        false as abandoned
        {%- for name in carried %},
        cast(0 as {{ wide_integer() }}) as {{ name }}
        {%- endfor %}
    from {{ terms }}
    where seq = 1
    union all
    select
        asset_id,
        seq,
        is_in_service as in_service,
        is_abandoned as abandoned
        {%- for name, value in carried.items() %},
        cast({{ value }} as {{ wide_integer() }}) as {{ name }}
        {%- endfor %}
    from (
        select
            reaching.*,
            case when is_abandoned then gross when impaired > 0 then least(impaired, gross - reached) else 0 end
                as written_cost,
            case when is_abandoned then reached else 0 end as written_accumulated
        from (
            select
                based.*,
                {{ accumulated_at('new_elapsed - new_base_parts') }} as reached,
                {{ accumulated_at('new_elapsed - parts - new_base_parts') }} as reached_by_start
            from ({{ months_based(terms) }}) as based
        ) as reaching
    ) as written
)

select * from months
where seq > 0
{%- endmacro %}
