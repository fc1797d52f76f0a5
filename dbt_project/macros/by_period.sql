{#-
    How a mart keeps history: the rows of the periods being built are replaced as a whole, all others are left alone.
    A period that now has no rows loses its old ones too, so an incremental build equals a full one. (On Spark
    the same is `insert_overwrite` of the period's partition.)
-#}
{% macro get_incremental_by_period_sql(arg_dict) %}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    delete from {{ arg_dict['target_relation'] }}
    where period in (select build_periods.period from {{ source('lake', 'build_periods') }} as build_periods);

    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }};
{% endmacro %}

{#- The periods being built, as a predicate for tests on the marts: history is not read again. -#}
{% macro in_build_periods(column='period') -%}
    {{ column }} in (select build_periods.period from {{ source('lake', 'build_periods') }} as build_periods)
{%- endmacro %}
