{#- What a lot's cost is from `before` up to `up_to` of the `held` picos it gives: parts that always sum to the whole. -#}
{% macro lot_cost(units, pico, before, up_to, held) -%}
    {{ from_minor_units(
        half_away_from_zero(units ~ ' * ' ~ up_to, held) ~ ' - ' ~ half_away_from_zero(units ~ ' * ' ~ before, held), pico
    ) }}
{%- endmacro %}

{#-
    What each prepaid lot gives on each day, first lots first (accounting.md 2.10, EX-24). Lots are taken one after the
    other: the first takes use from the day it was bought until it is empty or expires, the next one what is left. That is
    the same as asking each day for the first lot that still holds something, and needs one step a lot, not one a day.

    days  source, account, currency, day, rest: use in picos, not negative
    lots  source, account, currency, place (1, 2, …), held in picos, purchased_on, expires_on

    Gives a row per lot and day with `before` and `up_to`, the picos that the lot had given before and after that day.
-#}
{% macro lots_drawn(days, lots) -%}
with recursive steps as (
    select
        source,
        account,
        currency,
        day,
        cast(0 as integer) as place,
        rest,
        cast(0 as {{ wide_integer() }}) as before,
        cast(0 as {{ wide_integer() }}) as up_to
    from {{ days }}

    union all

    select
        source,
        account,
        currency,
        day,
        place,
        cast(rest - (least(held, wanted) - least(held, wanted - asked)) as {{ wide_integer() }}) as rest,
        cast(least(held, wanted - asked) as {{ wide_integer() }}) as before,
        cast(least(held, wanted) as {{ wide_integer() }}) as up_to
    from (
        select
            asked_of.*,
            sum(asked) over (partition by source, account, currency order by day) as wanted
        from (
            select
                steps.source,
                steps.account,
                steps.currency,
                steps.day,
                steps.rest,
                lots.place,
                lots.held,
                case
                    when steps.day >= lots.purchased_on and (lots.expires_on is null or steps.day < lots.expires_on)
                        then steps.rest
                    else 0
                end as asked
            from steps
            inner join {{ lots }} as lots
                on
                    steps.source = lots.source
                    and steps.account = lots.account
                    and steps.currency = lots.currency
                    and steps.place + 1 = lots.place
        ) as asked_of
    ) as wanted_of
)

select * from steps
where place > 0 and up_to > before
{%- endmacro %}
