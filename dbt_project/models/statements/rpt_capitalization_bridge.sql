-- From human-capital capex (management view, not GAAP or IFRS) to what a framework adds to assets, one line per reason:
-- less what is not capitalised, plus utility that qualifies. What is left over is the residual, and must be 0.
{%- set lines = [
    ('human_capital_capex', '1', "mgmt_class = 'human_capital_capex'", 'cast(null as string)'),
    ('not_capitalised', '-1', "mgmt_class = 'human_capital_capex' and not is_added", 'reason'),
    ('utility_that_qualifies', '1', "mgmt_class <> 'human_capital_capex' and is_added", 'reason'),
    ('additions', '1', 'is_added', 'cast(null as string)'),
] %}
with

cells as (

    select * from {{ ref('rpt_classification_bridge') }}
    where {{ in_build_periods() }}

),

frameworks as (
    {% for framework, column in var('frameworks').items() %}
    select
        period,
        entity_id,
        currency,
        '{{ framework }}' as framework,
        mgmt_class,
        {{ 'reason' if framework == 'us_gaap' else column ~ '_reason' }} as reason,
        {{ column }}_treatment in ('capitalise', 'capitalise_cca_impl') as is_added,
        amount
    from cells
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

lines as (
    {% for line, sign, where, reason in lines %}
    select
        period,
        entity_id,
        currency,
        framework,
        {{ loop.index }} as line_no,
        '{{ line }}' as line,
        {{ reason }} as reason,
        sum(case when {{ where }} then {{ sign }} * amount else 0 end) as amount
    from frameworks
    {% if reason == 'reason' %}where {{ where }}{% endif %}
    group by period, entity_id, currency, framework{{ ', reason' if reason == 'reason' }}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

final as (

    select * from lines

    union all

    select
        period,
        entity_id,
        currency,
        framework,
        5 as line_no,
        'residual' as line,
        cast(null as string) as reason,
        sum(case when line = 'additions' then -amount else amount end) as amount
    from lines
    group by period, entity_id, currency, framework

)

select * from final
