-- INV-15: of every service period whose corrections are booked in a period being built, posted and drafted lines
-- together are what is due, line for line.
with

due as (
    {% for model in ['int_due_costs', 'int_due_treasury', 'int_due_assets', 'int_due_fx'] %}
    select
        {{ var('line_key') | join(', ') | replace('service_period', 'period as service_period') }},
        amount,
        functional_amount
    from {{ ref(model) }}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

booked as (

    select
        {{ var('line_key') | join(', ') }},
        -(debit - credit) as amount,
        -(functional_debit - functional_credit) as functional_amount
    from {{ ref('fct_postings') }}

),

both_sides as (

    select * from due
    union all
    select * from booked

),

differences as (

    select
        {{ var('line_key') | join(', ') }},
        sum(amount) as amount,
        sum(functional_amount) as functional_amount
    from both_sides
    group by {{ var('line_key') | join(', ') }}
    having sum(amount) <> 0 or sum(functional_amount) <> 0

),

placed as (select * from {{ ref('int_periods_placed') }})

select differences.*
from differences
left join placed
    on differences.entity_id = placed.entity_id and differences.service_period = placed.service_period
where {{ in_build_periods('coalesce(placed.posting_period, differences.service_period)') }}
