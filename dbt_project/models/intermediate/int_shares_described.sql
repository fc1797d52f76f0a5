-- Each share as the rules of a policy see it on its service date; shares alike in all of it are one slice.
{%- set asked_of = {'employees': ['role_family'], 'projects': ['location_of_work'], 'shares': ['cost_center_id'],
    'charge_cases': ['source', 'account', 'model']} %}
with

shares as (select * from {{ ref('int_case_shares') }}),
worked as (select * from {{ ref('int_shares_worked') }}),
charge_cases as (select * from {{ ref('int_charge_cases') }}),
projects as (select * from {{ ref('stg_projects') }}),
accounts as (select * from {{ ref('stg_accounts') }}),
employees as (select * from {{ ref('stg_employees') }}),
bearer_amounts as (select * from {{ ref('int_bearer_amounts') }}),
asked as (select * from {{ ref('int_rules_asked') }}),

described as (

    select
        shares.case_id,
        shares.share_no,
        {%- for column in ['service_date', 'period', 'currency', 'charge_category'] %}
        charge_cases.{{ column }},
        {%- endfor %}
        {%- for column in ['bearer_type', 'workload', 'entity_id', 'is_leaver'] %}
        shares.{{ column }},
        {%- endfor %}
        {%- for column in ['project_id', 'activity', 'project_grade', 'module_id'] %}
        worked.{{ column }},
        {%- endfor %}
        cast(charge_cases.prepaid as string) as prepaid,
        case when charge_cases.charge_category = 'Tax' then accounts.tax_recoverable else 'false' end as tax_recoverable,
        projects.project_type,
        employees.worker_type,
        {%- for relation, columns in asked_of.items() %}
        {%- for column in columns %}
        case when asked.{{ column }} then {{ relation }}.{{ column }} end as {{ column }},
        {%- endfor %}
        {%- endfor %}
        bearer_amounts.amount_per_day,
        bearer_amounts.amount_per_period
    from shares
    inner join worked on shares.case_id = worked.case_id and shares.share_no = worked.share_no
    inner join charge_cases on shares.case_id = charge_cases.case_id
    cross join asked
    left join accounts on charge_cases.source = accounts.source and charge_cases.account = accounts.account
    left join projects
        on worked.project_id = projects.project_id and {{ holds_on('projects', 'charge_cases.service_date') }}
    left join employees
        on
            shares.bearer_type = 'employee'
            and shares.bearer_id = employees.employee_key
            and {{ holds_on('employees', 'charge_cases.service_date') }}
    left join bearer_amounts
        on
            shares.bearer_type = bearer_amounts.bearer_type
            and shares.bearer_id = bearer_amounts.bearer_id
            and charge_cases.service_date = bearer_amounts.service_date
            and charge_cases.currency = bearer_amounts.currency

),

final as (

    select
        *,
        {{ row_key(var('slice_columns')) }} as slice_id
    from described

)

select * from final
