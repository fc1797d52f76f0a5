-- What was on file about a project and module on a service date (accounting.md section 2.4), with all references.
{%- set filed = ['authorised', 'funded', 'probable_completion', 'development_started', 'uncertainty_resolved',
    'ready_for_use', 'enhancement_authorised', 'life_memo'] %}
with

known as (select * from {{ ref('int_gates_passed') }}),
modules as (select * from {{ ref('stg_modules') }}),

held as (

    select
        known.project_id,
        known.module_id,
        known.service_date,
        known.authorised,
        known.funded,
        -- what was given up is given up for good; work taken up again is a module of its own
        case when known.abandoned_on is null then known.probable_completion end as probable_completion,
        known.development_started,
        known.uncertainty_resolved,
        known.ready_for_use,
        known.first_ready_on is not null as is_ready,
        case when known.enhancement_authorised_on >= known.first_ready_on then known.enhancement_authorised end
            as enhancement_authorised,
        modules.module_id is not null as has_module,
        case when modules.life_memo_date <= known.service_date then modules.life_memo_ref end as life_memo
    from known
    left join modules on known.module_id = modules.module_id

),

final as (

    select
        *,
        nullif(concat_ws(
            ';',
            {%- for gate in filed %}
            '{{ gate }}=' || {{ gate }}{% if not loop.last %},{% endif %}
            {%- endfor %}
        ), '') as evidence_ids
    from held

)

select * from final
