-- INV-05: the weights of every split are kept, give the same hash when it is computed again, and ratios that sum to 1.
with

weights as (

    select * from {{ ref('fct_allocation_weights') }}
    where {{ in_build_periods() }}

),

allocations as (

    select distinct
        period,
        weights_hash,
        step,
        method,
        ratio
    from {{ ref('fct_allocations') }}
    where {{ in_build_periods() }}

),

again as (

    select
        period,
        weights_hash,
        {{ weights_hash() }} as hash_again,
        sum(ratio) as ratio,
        min(ratio) as smallest_ratio
    from weights
    group by period, weights_hash

)

select
    period,
    weights_hash,
    'the weights give another hash or ratio' as fault
from again
where weights_hash <> hash_again or ratio <> 1 or smallest_ratio < 0

union all

select
    allocations.period,
    allocations.weights_hash,
    'the weights are not kept' as fault
from allocations
left join weights
    on
        allocations.period = weights.period
        and allocations.weights_hash = weights.weights_hash
        and allocations.step = weights.step
        and allocations.method = weights.method
        and allocations.ratio = weights.ratio
where weights.weights_hash is null
