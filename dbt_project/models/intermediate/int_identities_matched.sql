-- The credential that names each identity best; among equals the one for this source and account before a wildcard.
-- A key on file that does not hold on the day owns nothing, and is told apart from a key that nobody knows.
with

names as (select * from {{ ref('int_identities_called') }}),
credentials as (select * from {{ ref('stg_credentials') }}),

known as (

    select
        *,
        case
            when kind in ('user_id', 'iam_principal') then 'person'
            when kind in ('email', 'login') then 'person without case'
            when kind in ('api_key_id', 'api_key_name', 'key_hash') then 'key'
            when kind in ('workspace_id', 'sub_account') then 'place'
            else kind
        end as named_by,
        case when kind in ('email', 'login') then lower(value) else value end as name
    from credentials

),

matches as (

    select
        names.identity_id,
        names.name_rank,
        known.owner_type,
        known.owner_id,
        known.project_id,
        known.activity,
        {{ holds_on('known', 'names.service_date') }} as is_held,
        row_number() over (
            partition by names.identity_id
            order by
                case when {{ holds_on('known', 'names.service_date') }} then 0 else 1 end,
                names.name_rank,
                case when names.is_listed then 1 else 0 end,
                case when known.source = '*' then 1 else 0 end,
                case when known.account = '*' then 1 else 0 end,
                known.kind,
                known.owner_type,
                coalesce(known.owner_id, ''),
                known.valid_from
        ) as match_rank
    from names
    inner join known
        on
            names.named_by = known.named_by
            and names.name = known.name
            and (known.source = '*' or names.source = known.source)
            and (known.account = '*' or names.account = known.account)

),

final as (

    select
        identity_id,
        {%- for column in ['name_rank', 'owner_type', 'owner_id', 'project_id', 'activity'] %}
        max(case when is_held and match_rank = 1 then {{ column }} end) as {{ column }},
        {%- endfor %}
        bool_or(not is_held and name_rank <= 3) as names_expired_key
    from matches
    group by identity_id

)

select * from final
