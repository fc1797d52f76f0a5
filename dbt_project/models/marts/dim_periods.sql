-- The calendar months that have been built.
with

build_periods as (select * from {{ ref('stg_build_periods') }}),

final as (

    select
        period,
        start_date,
        end_date
    from build_periods

)

select * from final
