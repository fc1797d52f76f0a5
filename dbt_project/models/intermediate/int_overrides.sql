-- What two persons decided for a single charge, while their decision holds on its service date: one row per case.
{%- set fields = ['mgmt_class', 'us_gaap_treatment', 'ifrs_treatment', 'tax_treatment', 'activity', 'project_id'] %}
with

charge_cases as (

    select
        case_id,
        override_key,
        service_date
    from {{ ref('int_charge_cases') }}
    where override_key is not null

),

overrides as (select * from {{ ref('stg_manual_overrides') }}),

ranked as (

    select
        charge_cases.case_id,
        overrides.override_id,
        overrides.field,
        overrides.value,
        row_number() over (
            partition by charge_cases.case_id, overrides.field
            order by coalesce(overrides.expires_on, cast('9999-12-31' as date)), overrides.override_id
        ) as override_rank
    from charge_cases
    inner join overrides on charge_cases.override_key = overrides.charge_id
    where overrides.expires_on is null or charge_cases.service_date < overrides.expires_on

),

final as (

    select
        case_id,
        {%- for field in fields %}
        max(case when field = '{{ field }}' then value end) as {{ field }},
        max(case when field = '{{ field }}' then 'override:' || override_id end) as {{ field }}_override
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from ranked
    where override_rank = 1
    group by case_id

)

select * from final
