{#-
    How a table or a view takes the place of the one before it: dropped and made in one transaction, so a reader and a
    build that fails find the old one. dbt's own way gives each three names in turn, a third of a build of small months.
-#}
{% materialization table, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {{ replace_existing(create_table_as(false, target, compiled_code)) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set target = this.incorporate(type='view') -%}
    {{ replace_existing(create_view_as(target, compiled_code)) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{#-
    How a mart keeps history: the rows of the periods being built are replaced as a whole, all others are left alone.
    A period that now has no rows loses its old ones too, so an incremental build equals a full one. No model reads
    itself, so its rows stream into the table without a second one in between. (On Spark the same is `insert_overwrite`
    of the period's partition.)
-#}
{% materialization incremental, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {% if load_cached_relation(this) is none or should_full_refresh() %}
        {{ replace_existing(create_table_as(false, target, compiled_code)) }}
    {% else %}
        {% call statement('main') -%}
            {% if config.get('contract').enforced %}{{ get_assert_columns_equivalent(compiled_code) }}{% endif %}
            delete from {{ target }} where {{ in_build_periods() }};
            insert into {{ target }} by name {{ compiled_code }};
        {%- endcall %}
        {% do adapter.commit() %}
    {% endif %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{% macro replace_existing(made) %}
    {%- set existing = load_cached_relation(this) -%}
    {% call statement('main') -%}
        {% if existing is not none %}drop {{ existing.type }} if exists {{ existing }};{% endif %}
        {{ made }}
    {%- endcall %}
    {% do adapter.commit() %}
{% endmacro %}
