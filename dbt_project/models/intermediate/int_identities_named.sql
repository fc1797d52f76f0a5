-- Every name an identity goes by, best first: a person before a key, a key before a tag, a tag before a place.
with

identities as (select * from {{ ref('int_identities') }}),
credentials as (select * from {{ ref('stg_credentials') }}),

tag_kinds as (

    select distinct kind from credentials
    where kind like 'tag:%'

),

people as (

    select
        identity_id,
        1 as name_rank,
        consumer_id as person
    from identities
    where consumer_id is not null

    union all

    select
        identity_id,
        2 as name_rank,
        principal_id as person
    from identities
    where principal_id is not null

),

-- An e-mail or a login is one person however it is written; other ids are compared letter by letter.
names as (

    select identity_id, name_rank, 'person' as named_by, person as name from people
    union all
    select identity_id, name_rank, 'person without case' as named_by, lower(person) as name from people
    union all
    select identity_id, 3 as name_rank, 'key' as named_by, credential_id as name from identities
    union all
    select
        identities.identity_id,
        4 as name_rank,
        tag_kinds.kind as named_by,
        {{ json_text('identities.tags', 'substr(tag_kinds.kind, 5)') }} as name
    from identities
    cross join tag_kinds
    union all
    -- null is a group of its own: the default workspace, written `(default)` in credentials.csv
    select identity_id, 5 as name_rank, 'place' as named_by, coalesce(sub_account_id, '(default)') as name from identities

),

final as (

    select
        names.identity_id,
        identities.source,
        identities.account,
        identities.service_date,
        names.name_rank,
        names.named_by,
        names.name
    from names
    inner join identities on names.identity_id = identities.identity_id
    where names.name is not null

)

select * from final
