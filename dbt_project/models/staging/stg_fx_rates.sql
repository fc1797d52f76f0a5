with

fx_rates as (select * from {{ source('company', 'fx_rates') }}),

final as (

    select
        rate_date,
        from_currency,
        to_currency,
        cast(rate as decimal(18, 8)) as rate,
        rate_type,
        rate_source,
        max(rate_date) over (partition by from_currency, to_currency) as known_to
    from fx_rates

)

select * from final
