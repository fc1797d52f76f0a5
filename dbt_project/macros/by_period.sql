{#- The periods being built, as a predicate for tests on the marts: history is not read again. -#}
{% macro in_build_periods(column='period') -%}
    {{ column }} in (select build_periods.period from {{ source('lake', 'build_periods') }} as build_periods)
{%- endmacro %}
