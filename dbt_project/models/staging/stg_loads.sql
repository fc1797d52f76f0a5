with

loads as (select * from {{ source('lake', 'loads') }}),

final as (

    select
        load_id,
        source,
        account,
        dataset,
        sha256,
        rows,
        window_from,
        window_to,
        as_of
    from loads

)

select * from final
