-- INV-25: of each framework and entity one policy holds on a day, and what it decided names its version and its hash.
with

policies as (

    select distinct
        framework,
        policy_id,
        version,
        policy_hash,
        entity,
        effective_from,
        effective_to
    from {{ ref('stg_statutory_policies') }}

    union all

    select distinct
        'management' as framework,
        policy_id,
        version,
        policy_hash,
        entity,
        effective_from,
        effective_to
    from {{ ref('stg_management_rules') }}

),

decided as (
    {% for framework, column in [('management', 'mgmt')] + var('frameworks').items() | list %}
    select distinct
        '{{ framework }}' as framework,
        {{ column }}_policy as decided_by
    from {{ ref('fct_allocations') }}
    where {{ in_build_periods() }}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
)

select
    later.framework,
    {{ decided_by('later', 'cast(null as string)') }} as policy
from policies as later
inner join policies as earlier
    on
        later.framework = earlier.framework
        and later.entity is not distinct from earlier.entity
        and later.effective_from >= earlier.effective_from
        and (later.effective_from > earlier.effective_from or later.version > earlier.version)
        and (earlier.effective_to is null or later.effective_from < earlier.effective_to)

union all

select
    decided.framework,
    decided.decided_by as policy
from decided
left join policies
    on
        decided.framework = policies.framework
        and decided.decided_by like {{ decided_by('policies', 'cast(null as string)') }} || '%'
where policies.policy_id is null and decided.decided_by <> 'none' and decided.decided_by not like 'override:%'
