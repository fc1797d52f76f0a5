{#-
    Rounds exact amounts to the currency's minor units so that they sum to a given whole: every amount is floored, and
    the units left over go to the largest remainders, ties to the smallest key. Used once per grain of money
    (accounting.md section 4.3). The sign is taken off the whole group first and put back last, so a credit
    mirrors its charge.

    relation  a CTE with the columns named below
    parts     the columns that name a group whose amounts are rounded together
    line      the column that orders ties, unique inside a group
    amount    exact decimal(38,12)
    pico      picos in one minor unit
    whole     minor units the group must sum to; left out: the group's own sum, rounded half away from zero

    Gives every column of the relation and `rounded_units`.
-#}
{% macro largest_remainder(relation, parts, line, amount, pico, whole=none) -%}
{%- set group_of_line = 'partition by ' ~ parts | join(', ') -%}
select
    {{ relation }}__ranked.*,
    group_sign * (floored_units + case when remainder_rank <= left_over then 1 else 0 end) as rounded_units
from (
    select
        {{ relation }}__floored.*,
        group_sign * group_units - sum(floored_units) over ({{ group_of_line }}) as left_over,
        row_number() over ({{ group_of_line }} order by remainder desc, {{ line }} asc) as remainder_rank
    from (
        select
            {{ relation }}__signed.*,
            {{ nonnegative_remainder('group_sign * line_picos', pico) }} as remainder,
            {{ whole_quotient('group_sign * line_picos - ' ~ nonnegative_remainder('group_sign * line_picos', pico), pico) }}
                as floored_units
        from (
            select
                {{ relation }}__summed.*,
                case when coalesce(nullif(group_picos, 0), first_picos, 0) < 0 then -1 else 1 end as group_sign,
                {% if whole %}{{ whole }}{% else %}{{ half_away_from_zero('group_picos', pico) }}{% endif %} as group_units
            from (
                select
                    {{ relation }}.*,
                    {{ to_picos(amount) }} as line_picos,
                    sum({{ to_picos(amount) }}) over ({{ group_of_line }}) as group_picos,
                    min_by({{ to_picos(amount) }}, case when {{ amount }} <> 0 then {{ line }} end)
                        over ({{ group_of_line }}) as first_picos
                from {{ relation }}
            ) as {{ relation }}__summed
        ) as {{ relation }}__signed
    ) as {{ relation }}__floored
) as {{ relation }}__ranked
{%- endmacro %}

{#- What is left after whole units, never below 0, for amounts of either sign. -#}
{% macro nonnegative_remainder(picos, pico) -%}
    (((({{ picos }}) % ({{ pico }})) + ({{ pico }})) % ({{ pico }}))
{%- endmacro %}

{#- Whole units nearest to an amount in picos; a half goes away from zero. -#}
{% macro half_away_from_zero(picos, pico) -%}
    case
        when {{ picos }} < 0 then -{{ whole_quotient('(-2 * ' ~ picos ~ ' + ' ~ pico ~ ')', '(2 * ' ~ pico ~ ')') }}
        else {{ whole_quotient('(2 * ' ~ picos ~ ' + ' ~ pico ~ ')', '(2 * ' ~ pico ~ ')') }}
    end
{%- endmacro %}

{#- Picos in one minor unit of a currency, without a power function that would answer in floating point. -#}
{% macro picos_in_minor_unit(minor_units) -%}
    case {{ minor_units }}
        when 0 then 1000000000000 when 1 then 100000000000 when 2 then 10000000000
        when 3 then 1000000000 when 4 then 100000000
    end
{%- endmacro %}
