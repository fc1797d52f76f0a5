-- Every share of every case with what the policies make of it, unless two persons decided otherwise for the charge: class,
-- treatment per framework, the evidence that was on file, and what the book that is kept does with it.
{%- set classes = {'mgmt': 'mgmt_class', 'us_gaap': 'us_gaap_treatment', 'ifrs': 'ifrs_treatment', 'tax': 'tax_treatment'} %}
with

shares as (select * from {{ ref('int_case_shares') }}),
described as (select * from {{ ref('int_shares_described') }}),
mgmt as (select * from {{ ref('int_slices_classed') }}),
treatments as (select * from {{ ref('int_treatments') }}),
evidence as (select * from {{ ref('int_evidence') }}),
overrides as (select * from {{ ref('int_overrides') }}),
cost_centers as (select * from {{ ref('int_cost_centers_meant') }}),
latest as (select * from {{ ref('int_cost_centers_latest') }}),
settings as (select * from {{ ref('stg_settings') }}),

classed as (

    select
        {%- for column in ['entity_id', 'bearer_type', 'bearer_id', 'cost_center_id', 'workload', 'pool_reason', 'case_id',
            'share_no', 'step', 'method', 'grade', 'allocation_rule', 'waterfall', 'owner_before', 'owner_up_to',
            'owner_total', 'center_before', 'center_up_to', 'center_total', 'ratio', 'weights_hash'] %}
        shares.{{ column }},
        {%- endfor %}
        described.project_id,
        described.module_id,
        described.project_grade,
        described.activity,
        {%- for framework, column in classes.items() %}
        {%- set view = 'mgmt' if framework == 'mgmt' else 'treatments' %}
        coalesce(overrides.{{ column }}, {{ view }}.{{ column }}) as {{ column }},
        case when overrides.{{ column }} is null then {{ view }}.{{ framework }}_reason else 'OVERRIDE' end
            as {{ framework }}_reason,
        coalesce(overrides.{{ column }}_override, {{ view }}.{{ framework }}_policy)
        || coalesce(' ' || overrides.activity_override, '') || coalesce(' ' || overrides.project_id_override, '')
            as {{ framework }}_policy,
        {%- endfor %}
        {%- for column in classes if column != 'mgmt' %}
        treatments.{{ column }}_function,
        {%- endfor %}
        coalesce(cost_centers.function, latest.function) as own_function,
        evidence.evidence_ids,
        settings.book
    from shares
    inner join described on shares.case_id = described.case_id and shares.share_no = described.share_no
    inner join mgmt on described.slice_id = mgmt.slice_id
    inner join treatments on described.slice_id = treatments.slice_id
    cross join settings
    -- the function of the day; of a centre that was closed since, the last one known
    left join cost_centers
        on
            shares.cost_center_id = cost_centers.cost_center_id
            and {{ holds_on('cost_centers', 'described.service_date') }}
    left join latest on shares.cost_center_id = latest.cost_center_id
    left join overrides on shares.case_id = overrides.case_id
    left join evidence
        on
            described.project_id = evidence.project_id
            and described.module_id is not distinct from evidence.module_id
            and described.service_date = evidence.service_date

),

final as (

    select
        *,
        case book when 'IFRS' then ifrs_treatment when 'TAX_US' then tax_treatment else us_gaap_treatment end as book_treatment,
        {{ policy_alone("case book when 'IFRS' then ifrs_policy when 'TAX_US' then tax_policy else us_gaap_policy end") }}
            as book_policy,
        case
            when bearer_type = 'pool' then 'unallocated'
            when book = 'IFRS' then coalesce(ifrs_function, own_function)
            when book = 'TAX_US' then coalesce(tax_function, own_function)
            else coalesce(us_gaap_function, own_function)
        end as book_function
    from classed

)

select * from final
