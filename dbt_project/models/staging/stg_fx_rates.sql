with

fx_rates as (select * from {{ source('company', 'fx_rates') }}),

final as (

    select
        rate_date,
        from_currency,
        to_currency,
        cast(rate as decimal(18, 8)) as rate,
        rate_type,
        rate_source
    from fx_rates

)

select * from final
