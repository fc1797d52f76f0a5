{#- The key of the cost that a tax or a credit follows at one level: same account, billing period and currency, in a month. -#}
{% macro overhead_scope(level) -%}
    {{ row_key([level.level] + var('overhead_columns') + level['keeps']) }}
{%- endmacro %}

{#- The first day after a charge for more than one day; null for what happened on one. -#}
{% macro when_longer_than_a_day(first_time, end_time) -%}
    case
        when {{ days_between('cast(' ~ first_time ~ ' as date)', first_day_after(end_time)) }} > 1 then {{ first_day_after(end_time) }}
    end
{%- endmacro %}

{#- The columns of one relation, as a list for `select` or `group by`. -#}
{% macro prefixed(relation, columns) -%}
    {% for column in columns %}{{ relation }}.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}

{#- True where two relations agree in all of the columns. -#}
{% macro alike(one, other, columns) -%}
    {% for column in columns %}{{ one }}.{{ column }} = {{ other }}.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
{%- endmacro %}

{#-
    The hash of all that made a split: its shares in order of their number, with bearer, step, method, rule and weights.
    The same from int_case_shares and from the snapshot, so that whoever has the snapshot can compute it again.
-#}
{% macro weights_hash() -%}
    {{ sha256_hex(sorted_texts(row_key(['share_no', 'bearer_type', 'bearer_id', 'cost_center_id', 'project_id', 'activity',
        'step', 'method', 'grade', 'allocation_rule', 'owner_before', 'owner_up_to', 'owner_total', 'center_before',
        'center_up_to', 'center_total']))) }}
{%- endmacro %}
