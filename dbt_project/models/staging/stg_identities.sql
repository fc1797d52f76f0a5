with

identities as (select * from {{ source('lake', 'identities') }}),
loads as (select * from {{ source('lake', 'loads') }}),

-- What a list said last counts; what has gone from it since, such as a deleted key, keeps what was said of it.
ranked as (

    select
        identities.*,
        row_number() over (
            partition by identities.x_Source, identities.x_Account, identities.Kind, identities.Key
            order by loads.as_of desc, loads.sha256 desc, identities.x_SourceRow desc
        ) as newest
    from identities
    inner join loads on identities.x_LoadId = loads.load_id

),

final as (

    select
        x_Source as source,
        x_Account as account,
        Kind as kind,
        Key as key,
        Email as email,
        OwnerKind as owner_kind,
        OwnerId as owner_id
    from ranked
    where newest = 1

)

select * from final
