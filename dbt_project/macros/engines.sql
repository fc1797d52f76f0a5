{#-
    The one place where engines may differ. Each macro says what it means; a variant says how one engine spells it.
    Everything else in this project is SQL that DuckDB and Spark read alike (tests/contract/test_sql_portable.py).
-#}

{#- An exact integer wide enough for picos x weights: below 10^38 on both engines, above it an error or a null. -#}
{% macro wide_integer() %}{{ return(adapter.dispatch('wide_integer')()) }}{% endmacro %}
{% macro duckdb__wide_integer() %}hugeint{% endmacro %}
{% macro spark__wide_integer() %}decimal(38, 0){% endmacro %}

{#- An amount as whole picos (10^-12 of its currency); exact below 10^13. -#}
{% macro to_picos(amount) %}{{ return(adapter.dispatch('to_picos')(amount)) }}{% endmacro %}
{% macro duckdb__to_picos(amount) %}cast(({{ amount }}) * 1000000000000 as hugeint){% endmacro %}
{% macro spark__to_picos(amount) %}cast(cast({{ amount }} as decimal(25, 12)) * cast(1000000000000 as decimal(13, 0)) as decimal(38, 0)){% endmacro %}

{#- Whole picos as an amount. -#}
{% macro from_picos(picos) %}{{ return(adapter.dispatch('from_picos')(picos)) }}{% endmacro %}
{% macro duckdb__from_picos(picos) %}cast(cast({{ picos }} as decimal(38, 0)) * 0.000000000001 as decimal(38, 12)){% endmacro %}
{% macro spark__from_picos(picos) %}cast(cast({{ picos }} as decimal(25, 0)) * cast(0.000000000001 as decimal(12, 12)) as decimal(38, 12)){% endmacro %}

{#- Integer division that drops the remainder; both sides whole, the divisor above 0. -#}
{% macro whole_quotient(dividend, divisor) %}{{ return(adapter.dispatch('whole_quotient')(dividend, divisor)) }}{% endmacro %}
{% macro duckdb__whole_quotient(dividend, divisor) %}(cast({{ dividend }} as hugeint) // cast({{ divisor }} as hugeint)){% endmacro %}
{% macro spark__whole_quotient(dividend, divisor) -%}
    {#- the quotient of a multiple is exact, where Spark would round any other one up at six places -#}
    cast((cast({{ dividend }} as decimal(38, 0)) - cast({{ dividend }} as decimal(38, 0)) % cast({{ divisor }} as decimal(38, 0)))
        / cast({{ divisor }} as decimal(38, 0)) as decimal(38, 0))
{%- endmacro %}

{#- The text under a top-level key of a JSON object; null when absent. -#}
{% macro json_text(document, key) %}{{ return(adapter.dispatch('json_text')(document, key)) }}{% endmacro %}
{% macro duckdb__json_text(document, key) %}json_extract_string({{ document }}, '$."' || {{ key }} || '"'){% endmacro %}
{% macro spark__json_text(document, key) %}get_json_object({{ document }}, concat('$[''', {{ key }}, ''']')){% endmacro %}

{#- One row for each piece of a text. -#}
{% macro rows_of_text(text, separator) %}{{ return(adapter.dispatch('rows_of_text')(text, separator)) }}{% endmacro %}
{% macro duckdb__rows_of_text(text, separator) %}unnest(string_split({{ text }}, {{ separator }})){% endmacro %}
{% macro spark__rows_of_text(text, separator) %}explode(split({{ text }}, {{ separator }})){% endmacro %}

{#- All texts of a group in one, sorted, so that the order of rows does not show. -#}
{% macro sorted_texts(text) %}{{ return(adapter.dispatch('sorted_texts')(text)) }}{% endmacro %}
{% macro duckdb__sorted_texts(text) %}array_to_string(list_sort(list({{ text }})), ';'){% endmacro %}
{% macro spark__sorted_texts(text) %}array_join(sort_array(collect_list({{ text }})), ';'){% endmacro %}

{#- Lower-case hexadecimal SHA-256 of a text. -#}
{% macro sha256_hex(text) %}{{ return(adapter.dispatch('sha256_hex')(text)) }}{% endmacro %}
{% macro duckdb__sha256_hex(text) %}sha256({{ text }}){% endmacro %}
{% macro spark__sha256_hex(text) %}sha2({{ text }}, 256){% endmacro %}

{#- Whole days from one date to a later one. -#}
{% macro days_between(first_day, last_day) %}{{ return(adapter.dispatch('days_between')(first_day, last_day)) }}{% endmacro %}
{% macro duckdb__days_between(first_day, last_day) %}cast(date_diff('day', {{ first_day }}, {{ last_day }}) as integer){% endmacro %}
{% macro spark__days_between(first_day, last_day) %}datediff({{ last_day }}, {{ first_day }}){% endmacro %}

{#- The day before a date. -#}
{% macro day_before(day) %}{{ return(adapter.dispatch('day_before')(day)) }}{% endmacro %}
{% macro duckdb__day_before(day) %}cast({{ day }} - 1 as date){% endmacro %}
{% macro spark__day_before(day) %}date_sub({{ day }}, 1){% endmacro %}

{#- The first day that begins when a time has passed: a time at midnight is that day itself. -#}
{% macro first_day_after(time) %}{{ return(adapter.dispatch('first_day_after')(time)) }}{% endmacro %}
{% macro duckdb__first_day_after(time) %}cast({{ time }} + interval 1 day - interval 1 microsecond as date){% endmacro %}
{% macro spark__first_day_after(time) %}cast({{ time }} + interval 1 day - interval 1 microsecond as date){% endmacro %}

{#- The day after a date. -#}
{% macro day_after(day) %}{{ return(adapter.dispatch('day_after')(day)) }}{% endmacro %}
{% macro duckdb__day_after(day) %}cast({{ day }} + 1 as date){% endmacro %}
{% macro spark__day_after(day) %}date_add({{ day }}, 1){% endmacro %}

{#- Stops the build with a message; used where money would otherwise have no account. -#}
{% macro stop_with(message) %}{{ return(adapter.dispatch('stop_with')(message)) }}{% endmacro %}
{% macro duckdb__stop_with(message) %}error({{ message }}){% endmacro %}
{% macro spark__stop_with(message) %}raise_error({{ message }}){% endmacro %}
