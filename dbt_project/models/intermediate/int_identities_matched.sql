-- The credential that names each identity best: a person before a key, a key before a tag, a tag before a place.
with

identities as (

    select * from {{ ref('int_identities') }}

),

credentials as (

    select
        *,
        case
            when kind in ('user_id', 'iam_principal') then 'person'
            when kind in ('email', 'login') then 'person without case'
            when kind in ('api_key_id', 'api_key_name', 'key_hash') then 'key'
            when kind in ('workspace_id', 'sub_account') then 'place'
            else kind
        end as named_by,
        case when kind in ('email', 'login') then lower(value) else value end as match_value
    from {{ ref('stg_credentials') }}

),

tag_kinds as (

    select distinct kind from credentials
    where kind like 'tag:%'

),

names as (

    select identity_id, source, account, service_date, 1 as name_rank, 'person' as named_by, consumer_id as match_value
    from identities
    where consumer_id is not null

    union all

    select identity_id, source, account, service_date, 1 as name_rank, 'person without case' as named_by, lower(consumer_id) as match_value
    from identities
    where consumer_id is not null

    union all

    select identity_id, source, account, service_date, 2 as name_rank, 'person' as named_by, principal_id as match_value
    from identities
    where principal_id is not null

    union all

    select identity_id, source, account, service_date, 2 as name_rank, 'person without case' as named_by, lower(principal_id) as match_value
    from identities
    where principal_id is not null

    union all

    select identity_id, source, account, service_date, 3 as name_rank, 'key' as named_by, credential_id as match_value
    from identities
    where credential_id is not null

    union all

    select
        identities.identity_id,
        identities.source,
        identities.account,
        identities.service_date,
        4 as name_rank,
        tag_kinds.kind as named_by,
        {{ json_text('identities.tags', 'substr(tag_kinds.kind, 5)') }} as match_value
    from identities
    cross join tag_kinds
    where identities.tags is not null

    union all

    -- null is a group of its own: the default workspace, written `(default)` in credentials.csv
    select identity_id, source, account, service_date, 5 as name_rank, 'place' as named_by, coalesce(sub_account_id, '(default)') as match_value
    from identities

),

matches as (

    select
        names.identity_id,
        names.name_rank,
        credentials.owner_type,
        credentials.owner_id,
        credentials.project_id,
        credentials.activity,
        row_number() over (
            partition by names.identity_id
            order by
                names.name_rank,
                case when credentials.source = '*' then 1 else 0 end,
                case when credentials.account = '*' then 1 else 0 end,
                credentials.kind,
                credentials.owner_type,
                coalesce(credentials.owner_id, '')
        ) as match_rank
    from names
    inner join credentials
        on
            names.named_by = credentials.named_by
            and names.match_value = credentials.match_value
            and (credentials.source = '*' or names.source = credentials.source)
            and (credentials.account = '*' or names.account = credentials.account)
            and {{ holds_on('credentials', 'names.service_date') }}

),

final as (

    select
        identity_id,
        name_rank,
        owner_type,
        owner_id,
        project_id,
        activity
    from matches
    where match_rank = 1

)

select * from final
