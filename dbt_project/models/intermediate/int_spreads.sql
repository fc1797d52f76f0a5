-- All that is to be spread on a day: owners without one centre, and the services that their rules step down into.
with

owners as (select * from {{ ref('int_owners_placed') }}),
targets as (select * from {{ ref('int_rule_targets') }}),
service_rules as (select * from {{ ref('int_service_rules') }}),

step_0 as (

    select
        spread_kind,
        spread_id,
        spread_date,
        service_date
    from owners
    where spread_kind is not null

),

{% for hop in range(1, var('step_down_hops') + 1) -%}
step_{{ hop }} as (

    select distinct
        service_rules.method as spread_kind,
        service_rules.rule_version as spread_id,
        service_rules.service_date as spread_date,
        service_rules.service_date
    from step_{{ hop - 1 }} as step
    inner join targets on step.spread_id = targets.rule_version
    inner join service_rules
        on targets.service_id = service_rules.service_id and step.service_date = service_rules.service_date
    where step.spread_kind = 'fixed' and service_rules.cost_center_id is null and service_rules.method <> 'pool'

),

{% endfor -%}
final as (
    {% for hop in range(var('step_down_hops') + 1) %}
    select * from step_{{ hop }}
    {% if not loop.last %}
    union
    {% endif %}
    {%- endfor %}
)

select * from final
