-- What policies decide on: one row for all shares that no rule tells apart.
with

shares as (select * from {{ ref('int_shares_described') }}),

final as (

    select
        slice_id,
        {%- for column in var('slice_columns') %}
        any_value({{ column }}) as {{ column }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from shares
    group by slice_id

)

select * from final
