{#-
    An amount in whole minor units of a currency, half away from zero; with `rate`, a decimal(18,8), converted into it.
-#}
{% macro to_minor_units(amount, minor_units, rate=none) -%}
{%- set picos = '(' ~ picos_in_minor_unit(minor_units) ~ ')' -%}
{%- if rate -%}
    {{ half_away_from_zero(
        to_picos(amount) ~ ' * cast(' ~ rate ~ ' * 100000000 as ' ~ wide_integer() ~ ')', picos ~ ' * 100000000'
    ) }}
{%- else -%}
    {{ half_away_from_zero(to_picos(amount), picos) }}
{%- endif -%}
{%- endmacro %}

{#- Whole minor units as an amount of a journal line. -#}
{% macro from_minor_units(units, pico) -%}
    cast({{ from_picos('(' ~ units ~ ') * ' ~ pico) }} as decimal(28, 4))
{%- endmacro %}

{#- The exact share of a weight in whole minor units, cut below a pico. -#}
{% macro share_of(units, pico, weight, group) -%}
    {{ from_picos(whole_quotient(units ~ ' * ' ~ pico ~ ' * ' ~ weight, 'sum(' ~ weight ~ ') over (' ~ group ~ ')')) }}
{%- endmacro %}

{#- One leg of due lines: each column of the shape from the column of its name, or from what `value_of` says. -#}
{% macro due_leg(relation, value_of) -%}
select
    {%- for name, type in var('due_columns').items() %}
    cast({{ value_of.get(name, relation ~ '.' ~ name) }} as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ relation }}
{%- endmacro %}
