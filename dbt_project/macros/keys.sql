{#- One short key for several columns; null is a value of its own, and no two lists of values share a text. -#}
{% macro row_key(columns) -%}
    md5(concat_ws(chr(31)
        {%- for column in columns %}, coalesce(cast({{ column }} as string), chr(30)){% endfor %}))
{%- endmacro %}

{#- What a charge or a use says about who did it, where and for what: rows alike in these have one owner. -#}
{% macro identity_columns() %}
    {{ return(['source', 'account', 'service_date', 'sub_account_id', 'credential_id', 'principal_id', 'consumer_id',
               'activity', 'tags']) }}
{% endmacro %}

{#- An owner on a day, and what the work was for: shares of a charge that agree in these are one share. -#}
{% macro owner_columns() %}
    {{ return(['service_date', 'owner_type', 'owner_id', 'project_id', 'activity', 'tagged_workload',
               'tagged_cost_center_id']) }}
{% endmacro %}

{#- The grain that charges and use share; the levels below give up one dimension after the other. -#}
{% macro metered_dimensions() %}
    {{ return(['sub_account_id', 'model', 'token_class', 'service_tier', 'context_window']) }}
{% endmacro %}

{#-
    The five levels of metering, finest first (design.md section 6): which dimensions still hold, and whether the
    weights are tokens or, once token classes mix, tokens x price.
-#}
{% macro metered_levels() %}
    {{ return([
        {'level': 0, 'keeps': ['sub_account_id', 'model', 'token_class', 'service_tier', 'context_window'], 'weight': 'tokens'},
        {'level': 1, 'keeps': ['sub_account_id', 'model', 'token_class'], 'weight': 'tokens'},
        {'level': 2, 'keeps': ['sub_account_id', 'model'], 'weight': 'value'},
        {'level': 3, 'keeps': ['sub_account_id'], 'weight': 'value'},
        {'level': 4, 'keeps': [], 'weight': 'value'},
    ]) }}
{% endmacro %}

{#- True on the days of a half-open interval [valid_from, valid_to); no valid_to means still valid. -#}
{% macro holds_on(relation, day) -%}
    ({{ day }} >= {{ relation }}.valid_from and ({{ relation }}.valid_to is null or {{ day }} < {{ relation }}.valid_to))
{%- endmacro %}
