{#- The next month of every asset: gross cost, parts of the life gone by, and the base that its charge is counted from. -#}
{% macro months_based(terms) -%}
select
    aged.*,
    case when is_rebased then accumulated_before else base_before end as new_base,
    case when is_rebased then elapsed_before else base_parts_before end as new_base_parts
from (
    select
        terms.*,
        months.cost as cost_before,
        months.placed_cost as placed_before,
        months.accumulated as accumulated_before,
        months.base as base_before,
        months.base_parts as base_parts_before,
        months.elapsed as elapsed_before,
        months.cost + terms.added as gross,
        months.in_service or terms.is_ready as is_in_service,
        case when terms.month_index = terms.start_month then terms.first_parts else terms.month_parts end as parts,
        case
            when months.abandoned or terms.start_month is null or terms.month_index < terms.start_month
                then months.elapsed
            else terms.first_parts + (terms.month_index - terms.start_month) * terms.month_parts
        end as new_elapsed,
        months.elapsed > 0
        and (
            months.months_of_life <> terms.life_months
            or months.cost_written_off <> 0
            or (terms.true_up = 'prospective' and terms.added <> 0)
        ) as is_rebased
    from {{ terms }} as terms
    inner join months on terms.asset_id = months.asset_id and terms.seq = months.seq + 1
) as aged
{%- endmacro %}

{#- Accumulated amortisation after `k` of the parts that a cost is spread over; never more than the cost is. -#}
{% macro accumulated_at(k) -%}
{%- set left, spread = '(life_months * month_parts - new_base_parts)', '(gross - new_base)' -%}
{%- set first = '(case when new_base_parts = 0 then first_parts else month_parts end)' -%}
{%- set plugged = 'new_base + ' ~ half_away_from_zero(spread ~ ' * least(' ~ k ~ ', ' ~ first ~ ')', left) ~ ' + '
    ~ whole_quotient('greatest(' ~ k ~ ' - ' ~ first ~ ', 0)', 'month_parts') ~ ' * '
    ~ half_away_from_zero(spread ~ ' * month_parts', left) -%}
    case
        when {{ k }} <= 0 then new_base
        when {{ k }} >= {{ left }} or {{ spread }} * gross <= 0 then gross
        when rounding = 'telescoping' then new_base + {{ half_away_from_zero(spread ~ ' * (' ~ k ~ ')', left) }}
        when gross >= new_base then least(gross, {{ plugged }})
        else greatest(gross, {{ plugged }})
    end
{%- endmacro %}

{#- The account that an event of an asset debits; stops the build where the condition asks for one and no rule has it. -#}
{% macro needed_account(event, condition) -%}
    case
        when rules.{{ event }}_debit is null and {{ condition }}
            then {{ stop_with("'posting_rules.csv: add a rule for event " ~ event ~ "' || assets.rule_told") }}
        else rules.{{ event }}_debit
    end
{%- endmacro %}
