-- The statutory treatment of every service date per framework. Without dated evidence all of them expense.
with

service_dates as (

    select distinct service_date from {{ ref('int_owner_shares') }}

),

policies as (select * from {{ ref('stg_statutory_policies') }}),

matches as (

    select
        service_dates.service_date,
        policies.framework,
        policies.default_treatment,
        policies.default_reason,
        policies.policy_id || '@' || cast(policies.version as string) as policy,
        row_number() over (
            partition by service_dates.service_date, policies.framework
            order by policies.effective_from desc, policies.version desc, policies.policy_id asc
        ) as match_rank
    from service_dates
    inner join policies
        on
            service_dates.service_date >= policies.effective_from
            and (policies.effective_to is null or service_dates.service_date < policies.effective_to)

),

final as (

    select
        service_dates.service_date,
        {%- for framework, column in [('us_gaap', 'us_gaap'), ('ifrs', 'ifrs'), ('tax_us', 'tax')] %}
        coalesce(max(case when matches.framework = '{{ framework }}' then matches.default_treatment end), 'expense')
            as {{ column }}_treatment,
        {%- endfor %}
        coalesce(max(case when matches.framework = 'us_gaap' then matches.default_reason end), 'DEFAULT_EXPENSE')
            as statutory_reason,
        coalesce(nullif({{ sorted_texts('matches.policy') }}, ''), 'none') as statutory_policy
    from service_dates
    left join matches on service_dates.service_date = matches.service_date and matches.match_rank = 1
    group by service_dates.service_date

)

select * from final
