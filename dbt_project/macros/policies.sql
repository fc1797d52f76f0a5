{#-
    True where a slice meets every condition that a row of a policy's rules states. A value must be equal; `none` asks
    that nothing is stated, `any` that something is; an interval of service days is half-open.
-#}
{% macro rule_holds(rules, slices) -%}
    (
        {%- for condition in var('rule_conditions') %}
        ({{ rules }}.{{ condition }} is null
            or {{ rules }}.{{ condition }} = coalesce({{ slices }}.{{ condition }}, 'none')
            or ({{ rules }}.{{ condition }} = 'any' and {{ slices }}.{{ condition }} is not null))
        and
        {%- endfor %}
        ({{ rules }}.service_from is null or {{ slices }}.service_date >= {{ rules }}.service_from)
        and ({{ rules }}.service_to is null or {{ slices }}.service_date < {{ rules }}.service_to)
    )
{%- endmacro %}

{#- True on the days, and for the entity, that a version of a policy is for. -#}
{% macro policy_holds(policies, slices) -%}
    (
        {{ slices }}.service_date >= {{ policies }}.effective_from
        and ({{ policies }}.effective_to is null or {{ slices }}.service_date < {{ policies }}.effective_to)
        and ({{ policies }}.entity is null or {{ policies }}.entity = {{ slices }}.entity_id)
    )
{%- endmacro %}

{#- How a policy is named on what it decided: id, version, the beginning of its hash, and the rule. -#}
{% macro decided_by(policy, rule) -%}
    concat({{ policy }}.policy_id, '@', cast({{ policy }}.version as string),
        coalesce('#' || substr({{ policy }}.policy_hash, 1, 12), ''), coalesce(':' || {{ rule }}, ''))
{%- endmacro %}

{#-
    E4 of accounting.md section 2.4. Sold software needs its technological feasibility (985-20) and ASU 2025-06 the end
    of significant uncertainty; the stage model and IAS 38 the start of development.
-#}
{% macro stage_evidence(policies, slices, evidence) -%}
    case
        when {{ policies }}.regime = 'asu_2025_06' or {{ slices }}.project_type = 'external_software'
            then {{ evidence }}.uncertainty_resolved
        else {{ evidence }}.development_started
    end
{%- endmacro %}

{#-
    How well the project of a request is known (accounting.md section 2.3): A named on the request, B by a key or place
    that is dedicated to it, C by the person, E not at all. `projects` is the tag's project, `matched` the credential.
-#}
{% macro project_grade(projects, matched) -%}
    case
        when {{ projects }}.project_id is not null then 'A'
        when {{ matched }}.project_id is null and {{ matched }}.owner_type is distinct from 'project' then 'E'
        when {{ matched }}.name_rank = 4 then 'A'
        when {{ matched }}.name_rank in (1, 2) then 'C'
        else 'B'
    end
{%- endmacro %}

{#- Of what decided a slice the policy without its rule, for lines of the journal that several rules meet in. -#}
{% macro policy_alone(policy) -%}
    split_part(split_part(replace({{ policy }}, 'override:', 'override '), ':', 1), ' override', 1)
{%- endmacro %}
