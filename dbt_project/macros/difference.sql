{#-
    Draft = due - posted, always: what has to be booked so that the ledger says what is due. It falls into the service
    period while the entity has that open, else into the entity's first open period (accounting.md section 2.8), dated
    at that period's end. Posting what it gives, and asking again, gives nothing.

    due, posted  CTEs in the two shapes, of the same events; `posted` holds every line that any period posted
    The CTEs placed (int_periods_placed), causes (int_causes) and build_periods are read too.

    Gives booked lines of the posting periods being built.
-#}
{% macro difference(due, posted) -%}
with

signed as (
    {% for side, service_period, sign in [(due, 'period', ''), (posted, 'service_period', '-')] %}
    select
        {%- for name in var('line_key') %}
        {{ side }}.{{ service_period ~ ' as ' if name == 'service_period' }}{{ name }},
        {%- endfor %}
        coalesce(placed.posting_period, {{ side }}.{{ service_period }}) as posting_period,
        case when placed.posting_period is null then {{ side }}.posting_date end as own_date,
        {{ side }}.cause,
        {%- for name in var('line_attributes') %}
        {{ side }}.{{ name }},
        {%- endfor %}
        {{ sign }}{{ side }}.amount as amount,
        {{ sign }}{{ side }}.functional_amount as functional_amount,
        {{ 1 if sign else 0 }} as is_posted,
        {{ "case when " ~ side ~ ".kind = 'reversal' then 1 else 0 end" if sign else 0 }} as is_reversed
    from {{ side }}
    left join placed
        on {{ side }}.entity_id = placed.entity_id and {{ side }}.{{ service_period }} = placed.service_period
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

summed as (

    select
        {{ var('line_key') | join(', ') }},
        posting_period,
        own_date,
        max(is_posted) as was_posted,
        max(is_reversed) as was_reversed,
        max(case when is_posted = 0 then cause end) as due_cause,
        {%- for name in var('line_attributes') %}
        coalesce(max(case when is_posted = 0 then {{ name }} end), max({{ name }})) as {{ name }},
        {%- endfor %}
        sum(amount) as amount,
        sum(functional_amount) as functional_amount
    from signed
    group by {{ var('line_key') | join(', ') }}, posting_period, own_date
    having sum(amount) <> 0 or sum(functional_amount) <> 0

)

select
    summed.*,
    summed.posting_period as period,
    coalesce(summed.own_date, {{ day_before('build_periods.end_date') }}) as posting_date,
    case when summed.posting_period = summed.service_period then summed.event else 'true_up' end as kind,
    case
        when summed.was_reversed = 1 and coalesce(causes.cause, 'own_error') = 'own_error' then 'reaccrued'
        when summed.posting_period <> summed.service_period then coalesce(causes.cause, 'own_error')
        when summed.was_posted = 1 then 'reopened'
        else summed.due_cause
    end as cause,
    cast(null as string) as reversal_of,
    cast(null as string) as posting_id
from summed
inner join build_periods on summed.posting_period = build_periods.period
left join causes
    on
        summed.service_period = causes.service_period
        and summed.source = causes.source
        and summed.account = causes.account
{%- endmacro %}
