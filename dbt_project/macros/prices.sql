{#- The tier a price is looked up by: ordinary use has many spellings, or none. -#}
{% macro priced_tier(column) -%}
    case
        when coalesce(lower({{ column }}), '') in ({{ texts(var('standard_tiers')) }}) then 'standard'
        else lower({{ column }})
    end
{%- endmacro %}

{#- One bound of a vendor's context window in tokens, 0 the lower and 1 the upper; null where use is not split by it. -#}
{% macro context_bound(column, bound) -%}
    case {{ column }}
        {%- for window, bounds in var('context_windows').items() %} when '{{ window }}' then {{ bounds[bound] }}{% endfor %} end
{%- endmacro %}

{#- Whether an agreement is about what was used, and holds on that day. -#}
{% macro agreed(agreement, uses) -%}
    {{ alike(uses, agreement, ['source', 'account', 'model', 'token_class', 'priced_tier']) }}
    and {{ holds_on(agreement, uses ~ '.service_date') }}
{%- endmacro %}

{#- Why use has no price, or what the price leaves out; null where nothing is to be said. -#}
{% macro price_note() -%}
    case
        when price_basis = 'agreement' then null
        when price_basis = 'list' then list_note
        when unit is null or unit <> 'tokens' then 'not_tokens'
        when model is null then 'no_model'
        when not is_known then 'unknown_model'
        when by_hour then 'price_by_hour'
        when token_class is null then 'no_token_class'
        when priced_tier <> 'standard' then 'service_tier'
        else 'token_class'
    end
{%- endmacro %}

{#- A quantity at its price, in picos: exact at list price; of a price agreed for so many, a half of a pico goes away from 0. -#}
{% macro expected_picos() -%}
    {% set used = 'cast(quantity as ' ~ wide_integer() ~ ')' -%}
    case price_basis
        when 'list' then {{ used }} * list_picos
        when 'agreement'
            then {{ half_away_from_zero(
                used ~ ' * ' ~ to_picos('agreed_price') ~ ' * 1000000',
                whole_quotient(to_picos('agreed_quantity'), 1000000)
            ) }}
    end
{%- endmacro %}

{#- How far metered use at its price may be from an amount billed: an amount, that of the source (`sources`) or else of
    all (`settings`), or percent of it if larger. -#}
{% macro usage_tolerance(billed) -%}
    {{ from_picos(
        'greatest(' ~ to_picos('coalesce(sources.usage_tolerance, settings.usage_tolerance)') ~ ', coalesce('
        ~ whole_quotient(
            to_picos('abs(' ~ billed ~ ')') ~ ' * cast(settings.usage_tolerance_percent * 10000 as ' ~ wide_integer() ~ ')',
            1000000
        ) ~ ', 0))'
    ) }}
{%- endmacro %}
