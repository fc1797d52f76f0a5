with

manual_overrides as (select * from {{ source('company', 'manual_overrides') }}),
loads as (select distinct load_id from {{ source('lake', 'loads') }}),

-- A charge is named by its load, or the beginning of it, and its row.
named as (

    select
        *,
        split_part(charge_ref, ':', 1) as load_ref,
        cast(cast(split_part(charge_ref, ':', 2) as bigint) as string) as row_ref
    from manual_overrides

),

final as (

    select
        named.override_id,
        loads.load_id || ':' || named.row_ref as charge_id,
        named.field,
        named.value,
        named.expires_on
    from named
    inner join loads on substr(loads.load_id, 1, length(named.load_ref)) = named.load_ref

)

select * from final
