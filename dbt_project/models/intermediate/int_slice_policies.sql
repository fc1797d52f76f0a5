-- The statutory policy in force for each slice and framework: of its entity's own and those for all, the former.
with

slices as (

    select
        slice_id,
        service_date,
        entity_id
    from {{ ref('int_slices') }}

),

policies as (select * from {{ ref('stg_statutory_policies') }}),

matches as (

    select
        slices.slice_id,
        policies.*,
        row_number() over (
            partition by slices.slice_id, policies.framework
            order by
                case when policies.entity is null then 1 else 0 end,
                policies.effective_from desc,
                policies.version desc,
                policies.policy_id asc
        ) as match_rank
    from slices
    inner join policies on {{ policy_holds('policies', 'slices') }}

),

final as (

    select * from matches
    where match_rank = 1

)

select * from final
