{#- One short key for several columns; null is a value of its own, and no two lists of values share a text. -#}
{% macro row_key(columns) -%}
    md5(concat_ws(chr(31)
        {%- for column in columns %}, coalesce(cast({{ column }} as string), chr(30)){% endfor %}))
{%- endmacro %}

{#- Texts as a list for `in`. -#}
{% macro texts(words) -%}'{{ words | join("', '") }}'{%- endmacro %}

{#- True on the days of a half-open interval [valid_from, valid_to); no valid_to means still valid. Without `or`, for which
    DuckDB would compare every row with every other. -#}
{% macro holds_on(relation, day) -%}
    ({{ day }} >= {{ relation }}.valid_from and {{ day }} < coalesce({{ relation }}.valid_to, date '9999-12-31'))
{%- endmacro %}

{#- True where two half-open intervals have a day in common. -#}
{% macro overlap(one, other) -%}
    ({{ one }}.valid_to is null or {{ other }}.valid_from < {{ one }}.valid_to)
    and ({{ other }}.valid_to is null or {{ one }}.valid_from < {{ other }}.valid_to)
{%- endmacro %}

{#- The day that decides which statement a charge of the lake belongs to; monthly exports are replaced by billing month. -#}
{% macro counted_on(charge, coverage) -%}
    cast(
        case when {{ coverage }}.window_by = 'billing' then {{ charge }}.BillingPeriodStart else {{ charge }}.ChargePeriodStart end
        as date
    )
{%- endmacro %}

{#- Months since the beginning of year 0: so that months can be counted without calendar arithmetic. -#}
{% macro month_index(day) -%}
    (year({{ day }}) * 12 + month({{ day }}))
{%- endmacro %}
