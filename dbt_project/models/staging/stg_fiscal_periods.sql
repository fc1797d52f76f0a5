with

fiscal_periods as (select * from {{ source('company', 'fiscal_periods') }}),

final as (

    select
        entity_id,
        period,
        start_date,
        end_date
    from fiscal_periods

)

select * from final
