{{ config(schema='intermediate', materialized='view', contract={'enforced': false}) }}

-- Every line that any closed period posted, debit positive.
with

postings as (

    select
        *,
        debit - credit as amount,
        functional_debit - functional_credit as functional_amount
    from {{ ref('stg_postings') }}

),

final as (

    select
        {{- typed(var('booked_columns'), 'postings') }}
    from postings

)

select * from final
