with

build_periods as (select * from {{ source('lake', 'build_periods') }}),

final as (

    select
        period,
        start_date,
        end_date
    from build_periods

)

select * from final
