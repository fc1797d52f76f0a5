-- Charges alike in who, where and what: everything below works on these, never on single charges.
with

charges as (select * from {{ ref('int_charges_recognized') }}),

cases as (

    select
        case_id,
        any_value(period) as period,
        {%- for column in var('identity_columns') + ['model', 'token_class', 'service_tier', 'context_window']
            + var('charge_columns') %}
        any_value({{ column }}) as {{ column }},
        {%- endfor %}
        count(*) as charges,
        sum(recognized_cost) as recognized_cost
    from charges
    group by case_id

),

final as (

    select
        *,
        {{ row_key(var('identity_columns')) }} as identity_id
    from cases

)

select * from final
