with

fx_policies as (select * from {{ source('company', 'fx_policies') }}),

final as (

    select
        method,
        days_back,
        valid_from,
        valid_to
    from fx_policies

)

select * from final
