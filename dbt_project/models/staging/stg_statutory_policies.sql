with

statutory_policies as (select * from {{ source('company', 'statutory_policies') }}),

final as (

    select
        framework,
        policy_id,
        version,
        policy_hash,
        entity,
        effective_from,
        effective_to,
        approved_on,
        regime,
        default_treatment,
        default_reason,
        allow_token_capitalisation,
        min_attribution_grade,
        threshold_amount,
        threshold_currency,
        amortisation_method,
        life_months,
        start_convention,
        amortisation_rounding,
        true_up
    from statutory_policies

)

select * from final
