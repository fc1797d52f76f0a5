{#-
    The rate that each need is met with, from the rates of the company (accounting.md 2.9). A need is a row of
    `needed`: from_currency, to_currency, day, wanted (`spot`, `month_average`, `closing`) and days_back.

    spot             of the day, else the last one at most days_back days before it (no bank publishes on a Sunday)
    month_average,   of the calendar month of the day; while that month is still running, which is until a rate of the
    closing          pair is dated after it, the spot as above stands in, and the row says so by its rate_type

    Gives every need once with rate, rate_type, rate_date and rate_source, all null where there is none.
-#}
{% macro fx_found(needed, rates) -%}
select * from (
    select
        {{ needed }}__met.*,
        row_number() over (
            partition by from_currency, to_currency, day, wanted
            order by case when rate_type = wanted then 0 else 1 end, rate_date desc
        ) as place
    from (
        select
            needs.*,
            case when needs.from_currency = needs.to_currency then 1 else rates.rate end as rate,
            case when needs.from_currency = needs.to_currency then 'same' else rates.rate_type end as rate_type,
            case when needs.from_currency = needs.to_currency then needs.day else rates.rate_date end as rate_date,
            case when needs.from_currency = needs.to_currency then 'same' else rates.rate_source end as rate_source
        from {{ needed }} as needs
        left join {{ rates }} as rates
            on
                needs.from_currency <> needs.to_currency
                and needs.from_currency = rates.from_currency
                and needs.to_currency = rates.to_currency
                and (
                    (
                        needs.wanted <> 'spot' and rates.rate_type = needs.wanted
                        and {{ month_of('rates.rate_date') }} = {{ month_of('needs.day') }}
                    )
                    or (
                        rates.rate_type = 'spot'
                        and {{ days_between('rates.rate_date', 'needs.day') }} between 0 and needs.days_back
                        and (needs.wanted = 'spot' or {{ month_of('rates.known_to') }} <= {{ month_of('needs.day') }})
                    )
                )
    ) as {{ needed }}__met
) as {{ needed }}__ranked
where place = 1
{%- endmacro %}

{#- The calendar month of a day, YYYY-MM. -#}
{% macro month_of(day) -%}
    substr(cast({{ day }} as string), 1, 7)
{%- endmacro %}

{#- The rate of a need, or the end of the build with the pair, the day and the cure. -#}
{% macro fx_rate_or_stop(relation) -%}
    case
        when {{ relation }}.rate is not null then cast({{ relation }}.rate as decimal(18, 8))
        else
            {{ stop_with(
                "'fx_rates.csv: no ' || " ~ relation ~ ".wanted || ' rate from ' || " ~ relation ~ ".from_currency"
                ~ " || ' to ' || " ~ relation ~ ".to_currency || ' for ' || cast(" ~ relation ~ ".day as string)"
                ~ " || ': add a row, or run `tokenbooks rates`; a spot rate may be at most '"
                ~ " || cast(" ~ relation ~ ".days_back as string) || ' days older'"
            ) }}
    end
{%- endmacro %}
