-- INV-16: what is accumulated is never more than the cost, nothing is charged before the asset is ready, and an asset
-- carries on from where it stood.
with

assets as (

    select
        *,
        coalesce(lag(cost) over (partition by asset_id order by period), 0) as cost_before,
        coalesce(lag(accumulated) over (partition by asset_id order by period), 0) as accumulated_before
    from {{ ref('fct_amortization') }}

)

select * from assets
where
    {{ in_build_periods() }}
    and (
        (cost >= 0 and accumulated > cost)
        or (ready_on is null and charge <> 0 and convention <> 'mid_year')
        or opening_cost <> cost_before
        or opening_accumulated <> accumulated_before
        or opening_cost + additions - cost_written_off <> cost
        or opening_accumulated + charge - accumulated_written_off <> accumulated
    )
