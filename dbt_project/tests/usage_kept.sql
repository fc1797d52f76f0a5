-- Metered use keeps its quantity on the way to becoming weights: none is dropped, none is counted twice by a price.
with

used as (

    select
        drivers.cost_source as source,
        drivers.cost_account as account,
        sum(usage_rows.quantity) as quantity
    from {{ ref('stg_usage') }} as usage_rows
    inner join {{ ref('stg_drivers') }} as drivers
        on usage_rows.source = drivers.usage_source and usage_rows.account = drivers.usage_account
    where usage_rows.quantity > 0
    group by drivers.cost_source, drivers.cost_account

),

weighted as (

    select
        source,
        account,
        sum(tokens) as quantity
    from {{ ref('int_usage_owned') }}
    group by source, account

)

select
    coalesce(used.source, weighted.source) as source,
    used.quantity as used,
    weighted.quantity as weighted
from used
full outer join weighted on used.source = weighted.source and used.account = weighted.account
where coalesce(used.quantity, 0) <> coalesce(weighted.quantity, 0)
