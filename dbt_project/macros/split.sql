{#-
    An exact split without rounding drift. Bearers stand in order of their id; `up_to` is the running weight, `before`
    the running weight ahead of this bearer, `total` the weight of all. A bearer's share is C(up_to) - C(before) with
    C(x) = ceil(n x / total): the shares telescope, so they sum to n by construction, and where they cannot be
    equal the first ids bear the more (accounting.md EX-07).
-#}
{% macro split_units(units, before, up_to, total) -%}
    case
        when {{ before }} = 0 and {{ up_to }} = {{ total }} then {{ units }}
        else
            {{ whole_quotient(units ~ ' * ' ~ up_to ~ ' + (' ~ total ~ ' - 1)', total) }}
            - {{ whole_quotient(units ~ ' * ' ~ before ~ ' + (' ~ total ~ ' - 1)', total) }}
    end
{%- endmacro %}

{#- The same for money: in whole picos, on the magnitude, the sign put back last so that a credit mirrors its charge. -#}
{% macro split_amount(amount, before, up_to, total) -%}
    case
        when {{ before }} = 0 and {{ up_to }} = {{ total }} then cast({{ amount }} as decimal(38, 12))
        when {{ amount }} < 0
            then -{{ from_picos(split_units(to_picos('-' ~ amount), before, up_to, total)) }}
        else {{ from_picos(split_units(to_picos(amount), before, up_to, total)) }}
    end
{%- endmacro %}
