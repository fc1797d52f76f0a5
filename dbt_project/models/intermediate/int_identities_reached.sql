-- What each user and key leads to by the provider's own lists, itself first: a key to its owner, a key that was rotated to
-- the one that took its place.
{%- set hops = var('identity_hops') %}
with

identities as (select * from {{ ref('stg_identities') }}),
sources as (select * from {{ ref('stg_sources') }}),

listed as (

    select
        sources.provider,
        identities.account,
        identities.kind,
        identities.key,
        lower(identities.email) as email,
        identities.owner_kind,
        identities.owner_id
    from identities
    inner join sources on identities.source = sources.source

),

{% for hop in range(hops) -%}
reached_{{ hop }} as (
    {% if hop == 0 %}
    select
        provider,
        account,
        kind,
        key,
        email,
        owner_kind,
        owner_id
    from listed
    {% else %}
    select
        reached.provider,
        reached.account,
        reached.kind,
        reached.key,
        listed.email,
        listed.owner_kind,
        listed.owner_id
    from reached_{{ hop - 1 }} as reached
    inner join listed
        on
            reached.provider = listed.provider
            and reached.account = listed.account
            and reached.owner_kind = listed.kind
            and reached.owner_id = listed.key
    {% endif %}
),

{% endfor -%}

final as (
    {% for hop in range(hops) %}
    select * from reached_{{ hop }}
    {% if not loop.last -%}
    union distinct
    {%- endif %}
    {%- endfor %}

)

select * from final
