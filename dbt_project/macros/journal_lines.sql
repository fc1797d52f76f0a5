{#-
    The columns of a shape from a relation, or from what `own` says of one, in order and typed: so that unions fit and
    history keeps one schema.
-#}
{% macro typed(columns, relation, own={}) -%}
    {%- for name, type in columns.items() %}
    cast({{ own.get(name, relation ~ '.' ~ name) }} as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- The lines of the posting periods being built: those that were posted, as they were, and the differences as drafts. -#}
{% macro booked_lines(due, posted) -%}
select
    {{- typed(var('booked_columns'), posted) }}
from {{ posted }}
inner join build_periods on {{ posted }}.period = build_periods.period

union all

select
    {{- typed(var('booked_columns'), 'differences') }}
from (
    {{ difference(due, posted) | indent(4) }}
) as differences
{%- endmacro %}

{#- Due lines that are alike in what tells lines apart, as one line; none that sums to nothing. -#}
{% macro summed_lines(relation) -%}
{%- set told = ['amount', 'functional_amount'] + var('line_attributes') -%}
select
    {%- for name, type in var('due_columns').items() %}
    {% if name in ('amount', 'functional_amount') -%}
    cast(sum({{ name }}) as {{ type }}) as {{ name }}
    {%- elif name in told -%}
    max({{ name }}) as {{ name }}
    {%- else -%}
    {{ name }}
    {%- endif %}{{ ',' if not loop.last }}
    {%- endfor %}
from {{ relation }}
group by
    {%- for name in var('due_columns') if name not in told %}
    {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
having sum(amount) <> 0 or sum(functional_amount) <> 0
{%- endmacro %}

{#- The legs that bear a service period's cost, as expense or asset; all others are what is owed, and what follows. -#}
{% macro bears_cost() -%}
    (function is not null and event in ('accrual', 'drawdown', 'chargeback'))
{%- endmacro %}
