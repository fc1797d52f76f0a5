with

coverage as (select * from {{ source('lake', 'coverage') }}),

final as (

    select
        load_id,
        source,
        account,
        dataset,
        day_from,
        day_to
    from coverage

)

select * from final
