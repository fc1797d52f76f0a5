-- Running weights of each spread in order of cost centre; a rule that names its centres is held to them.
with

candidates as (select * from {{ ref('int_spread_candidates') }}),
targets as (select * from {{ ref('int_rule_targets') }}),

targeted as (

    select distinct rule_version from targets

),

weights as (

    select
        candidates.spread_kind,
        candidates.spread_id,
        candidates.spread_date,
        candidates.cost_center_id,
        cast(sum(candidates.weight) as {{ wide_integer() }}) as weight
    from candidates
    left join targeted on candidates.spread_kind <> 'employee' and candidates.spread_id = targeted.rule_version
    left join targets
        on targeted.rule_version = targets.rule_version and candidates.cost_center_id = targets.cost_center_id
    where targeted.rule_version is null or targets.rule_version is not null
    group by candidates.spread_kind, candidates.spread_id, candidates.spread_date, candidates.cost_center_id

),

final as (

    select
        spread_kind,
        spread_id,
        spread_date,
        cost_center_id,
        sum(weight) over spread_in_order - weight as center_before,
        sum(weight) over spread_in_order as center_up_to,
        sum(weight) over spread_whole as center_total
    from weights
    where weight > 0
    window
        spread_whole as (partition by spread_kind, spread_id, spread_date),
        spread_in_order as (
            partition by spread_kind, spread_id, spread_date
            order by cost_center_id
            rows between unbounded preceding and current row
        )

)

select * from final
