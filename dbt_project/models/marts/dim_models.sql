-- The models that were ever charged, and who provides them.
with

statement as (select * from {{ ref('rpt_cost_statement') }}),

final as (

    select
        model,
        min(provider) as provider,
        min(period) as first_period,
        max(period) as last_period
    from statement
    where model is not null
    group by model

)

select * from final
