-- Every share of every case, numbered, with the weights that split an amount exactly and the hash that fixes them.
{%- set weights = ['owner_before', 'owner_up_to', 'owner_total', 'center_before', 'center_up_to', 'center_total'] %}
{%- set told = var('bearer_columns') + ['step', 'method', 'grade', 'allocation_rule'] + var('followed_columns') %}

with

base_shares as (select * from {{ ref('int_base_shares') }}),
overhead_bases as (select * from {{ ref('int_overhead_bases') }}),
overhead_weights as (select * from {{ ref('int_overhead_weights') }}),

shares as (

    select case_id, {{ (told + weights) | join(', ') }}
    from base_shares

    union all

    select
        overhead_bases.case_id,
        {{ prefixed('overhead_weights', var('bearer_columns')) }},
        case when overhead_weights.bearer_type = 'pool' then 'pool' else 'overhead' end as step,
        case when overhead_weights.bearer_type = 'pool' then 'pool' else 'base' end as method,
        overhead_weights.grade,
        cast(null as string) as allocation_rule,
        {{ prefixed('overhead_weights', var('followed_columns')) }},
        overhead_weights.owner_before,
        overhead_weights.owner_up_to,
        overhead_weights.owner_total,
        0 as center_before,
        1 as center_up_to,
        1 as center_total
    from overhead_bases
    inner join overhead_weights on overhead_bases.scope_id = overhead_weights.scope_id

),

numbered as (

    select
        *,
        row_number() over (partition by case_id order by owner_up_to, center_up_to) as share_no
    from shares

),

-- Fixed in a hash, so that an auditor can tell whether what made a split has changed (fct_allocation_weights keeps it).
hashes as (

    select
        case_id,
        {{ weights_hash() }} as weights_hash
    from numbered
    group by case_id

),

final as (

    select
        numbered.*,
        '{{ var("waterfall") }}' as waterfall,
        cast(
            {{ split_amount(split_amount('1', 'owner_before', 'owner_up_to', 'owner_total'),
                'center_before', 'center_up_to', 'center_total') }} as decimal(13, 12)
        ) as ratio,
        hashes.weights_hash
    from numbered
    inner join hashes on numbered.case_id = hashes.case_id

)

select * from final
