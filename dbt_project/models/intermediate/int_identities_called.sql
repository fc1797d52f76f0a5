-- Every name of an identity: its own, and beside each those that the provider's own lists lead to from it.
with

names as (select * from {{ ref('int_identities_named') }}),
listed as (select * from {{ ref('int_identities_listed') }}),
sources as (select * from {{ ref('stg_sources') }}),

final as (

    select
        names.*,
        false as is_listed
    from names

    union distinct

    select
        names.identity_id,
        names.source,
        names.account,
        names.service_date,
        names.name_rank,
        listed.other_named_by as named_by,
        listed.other_name as name,
        true as is_listed
    from names
    inner join sources on names.source = sources.source
    inner join listed
        on
            sources.provider = listed.provider
            and names.account = listed.account
            and names.named_by = listed.named_by
            and names.name = listed.name

)

select * from final
