-- Cases that nobody owns, at the grain that charges and use share. Where another account metered the work, its places (a
-- gateway's teams) are not those of the bill, and neither side keeps them.
with

elsewhere as (

    select distinct
        cost_source,
        cost_account
    from {{ ref('stg_drivers') }}
    where is_elsewhere

),

final as (

    select
        {{ prefixed('charge_cases', ['case_id', 'source', 'account', 'is_overhead']) }},
        {%- for column in var('metered_dimensions') %}
        {%- if column == 'sub_account_id' %}
        case when elsewhere.cost_source is null then coalesce(charge_cases.{{ column }}, '(none)') else '(none)' end
            as {{ column }},
        {%- else %}
        coalesce(charge_cases.{{ column }}, '(none)') as {{ column }},
        {%- endif %}
        {%- endfor %}
        charge_cases.service_date
    from {{ ref('int_charge_cases') }} as charge_cases
    inner join {{ ref('int_identities_owned') }} as identities on charge_cases.identity_id = identities.identity_id
    left join elsewhere
        on charge_cases.source = elsewhere.cost_source and charge_cases.account = elsewhere.cost_account
    where identities.owner_type is null

)

select * from final
