-- Who a person's id or a key is, as the provider's own lists say: one row for each other name that it leads to.
{%- set named_by = {'user_id': 'person', 'email': 'person without case', 'login': 'person without case',
    'api_key_id': 'key', 'api_key_name': 'key', 'key_hash': 'key'} %}
with

reached as (select * from {{ ref('int_identities_reached') }}),

others as (

    select provider, account, kind, key, 'email' as other_kind, email as other_key from reached
    union distinct
    select provider, account, kind, key, owner_kind as other_kind, owner_id as other_key from reached

),

final as (

    select distinct
        provider,
        account,
        {%- for column in ['kind', 'other_kind'] %}
        case {{ column }}
            {%- for kind, name in named_by.items() %}
            when '{{ kind }}' then '{{ name }}'
            {%- endfor %}
        end as {{ 'named_by' if column == 'kind' else 'other_named_by' }},
        {%- endfor %}
        case when kind in ('email', 'login') then lower(key) else key end as name,
        other_key as other_name
    from others
    where
        other_key is not null
        and kind in ({{ texts(named_by) }})
        and other_kind in ({{ texts(named_by) }})

)

select * from final
