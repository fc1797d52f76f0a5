{#-
    What a statement says: of a closed period of an entity the rows as they were reported, of any other the current
    ones. `current` and `reported` are CTEs with these columns, `placed` is int_periods_placed; both carry entity_id. Rows of
    the periods being built, or with `all_periods` of a table that is told whole, of every period.
-#}
{% macro as_reported(current, reported, columns, all_periods=false) -%}
{% for relation in [current, reported] -%}
select
    {%- for column in columns %}
    {{ relation }}.{{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ relation }}
where
    {% if loop.last and not all_periods %}{{ in_build_periods() }}
    and {% endif %}{{ 'not ' if not loop.last }}exists (
        select 1
        from placed
        where placed.entity_id = {{ relation }}.entity_id and placed.service_period = {{ relation }}.period
    )
{% if not loop.last %}
union all

{% endif -%}
{% endfor -%}
{%- endmacro %}
