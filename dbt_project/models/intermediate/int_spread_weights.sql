-- Running weights of each spread in order of id; a rule that names its centres is held to them.
with

candidates as (select * from {{ ref('int_spread_candidates') }}),
targets as (select * from {{ ref('int_rule_targets') }}),
cost_centers as (select * from {{ ref('int_cost_centers_meant') }}),

{% set spread = ['spread_kind', 'spread_id', 'spread_date', 'service_date'] -%}

-- the centres a rule names, by what their ids mean on the day
targeted as (

    select distinct
        {{ prefixed('candidates', spread) }},
        coalesce(cost_centers.meant_id, targets.cost_center_id) as cost_center_id
    from candidates
    inner join targets on candidates.spread_id = targets.rule_version
    left join cost_centers
        on targets.cost_center_id = cost_centers.cost_center_id and {{ holds_on('cost_centers', 'candidates.service_date') }}
    where candidates.spread_kind <> 'employee'

),

weights as (

    select
        {{ prefixed('candidates', spread) }},
        coalesce(cost_centers.meant_id, candidates.cost_center_id) as cost_center_id,
        candidates.service_id,
        cast(sum(candidates.weight) as {{ wide_integer() }}) as weight
    from candidates
    left join cost_centers
        on
            candidates.cost_center_id = cost_centers.cost_center_id
            and {{ holds_on('cost_centers', 'candidates.service_date') }}
    group by
        {{ prefixed('candidates', spread) }},
        coalesce(cost_centers.meant_id, candidates.cost_center_id),
        candidates.service_id

),

restricted as (

    select distinct {{ spread | join(', ') }} from targeted

),

final as (

    select
        {{ prefixed('weights', spread + ['cost_center_id', 'service_id', 'weight']) }},
        sum(weights.weight) over spread_in_order - weights.weight as weight_before,
        sum(weights.weight) over spread_in_order as weight_up_to,
        sum(weights.weight) over spread_whole as weight_total
    from weights
    left join restricted on {{ alike('weights', 'restricted', spread) }}
    left join targeted on {{ alike('weights', 'targeted', spread + ['cost_center_id']) }}
    where
        weights.weight > 0
        and (restricted.spread_id is null or targeted.cost_center_id is not null or weights.service_id is not null)
    window
        spread_whole as (partition by {{ prefixed('weights', spread) }}),
        spread_in_order as (
            partition by {{ prefixed('weights', spread) }}
            order by coalesce(weights.cost_center_id, weights.service_id)
            rows between unbounded preceding and current row
        )

)

select * from final
