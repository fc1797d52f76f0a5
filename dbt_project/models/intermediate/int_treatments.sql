-- The treatment of each slice per framework, with reason, policy and function. A project below its threshold in the year
-- so far is expensed, and what was expensed stays so (IAS 38.71).
with

slices as (select * from {{ ref('int_slices') }}),
weighed as (select * from {{ ref('int_treatments_weighed') }}),
years as (select * from {{ ref('int_project_years') }}),

decided as (

    select
        weighed.*,
        case
            when weighed.kept_from is not null then weighed.kept_from
            when weighed.treatment not in ('capitalise', 'capitalise_cca_impl') or weighed.framework = 'tax_us' then null
            when weighed.threshold_amount is null or weighed.threshold_amount = 0 then null
            when weighed.currency <> weighed.threshold_currency then 'THRESHOLD_CURRENCY'
            when coalesce(years.amount, 0) < weighed.threshold_amount then 'BELOW_THRESHOLD'
        end as expensed_for
    from weighed
    left join years
        on
            weighed.period = years.period
            and weighed.framework = years.framework
            and weighed.project_id = years.project_id
            and weighed.currency = years.currency

),

outcomes as (

    select
        slice_id,
        framework,
        case when expensed_for is null then treatment else 'expense' end as treatment,
        coalesce(expensed_for, reason) as reason,
        policy,
        function
    from decided

),

final as (

    select
        slices.slice_id,
        {%- for framework, column in var('frameworks').items() %}
        {%- for what, otherwise in [('treatment', "'expense'"), ('reason', "'DEFAULT_EXPENSE'"), ('policy', "'none'")] %}
        coalesce(max(case when outcomes.framework = '{{ framework }}' then outcomes.{{ what }} end), {{ otherwise }})
            as {{ column }}_{{ what }},
        {%- endfor %}
        max(case when outcomes.framework = '{{ framework }}' then outcomes.function end) as {{ column }}_function
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from slices
    left join outcomes on slices.slice_id = outcomes.slice_id
    group by slices.slice_id

)

select * from final
