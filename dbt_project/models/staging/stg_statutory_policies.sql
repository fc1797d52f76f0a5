with

statutory_policies as (select * from {{ source('company', 'statutory_policies') }}),

final as (

    select
        framework,
        policy_id,
        version,
        policy_hash,
        effective_from,
        effective_to,
        default_treatment,
        default_reason
    from statutory_policies

)

select * from final
