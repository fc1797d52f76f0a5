-- INV-18: a lot's draws, its breakage and what remains sum to its cost; nothing is drawn beyond it, and credit that was
-- given costs nothing. What a provider's export draws needs lots to draw from.
with

lots as (select * from {{ ref('int_prepaid_lots') }}),
days as (select * from {{ ref('int_prepaid_days') }}),
booked as (select * from {{ ref('int_prepaid_booked') }}),
used as (select * from {{ ref('int_prepaid_used') }}),

given as (

    select
        lot_id,
        sum(drawn_cost) as cost,
        sum(drawn_face) as face
    from days
    group by lot_id

),

breakage as (

    select
        document as lot_id,
        sum(amount) as cost
    from booked
    where event = 'breakage'
    group by document

),

taken as (

    select
        source,
        account,
        sum(drawn_face) as face
    from days
    where is_drawn_by_provider
    group by source, account

)

select
    lots.lot_id,
    'drawn and expired beyond its cost, or a free lot with a cost' as fault,
    lots.cost_amount - coalesce(given.cost, 0) - coalesce(breakage.cost, 0) as remaining
from lots
left join given on lots.lot_id = given.lot_id
left join breakage on lots.lot_id = breakage.lot_id
where
    coalesce(given.cost, 0) < 0
    or coalesce(breakage.cost, 0) < 0
    or {{ to_picos('coalesce(given.face, 0)') }} > lots.held
    or lots.cost_amount < coalesce(given.cost, 0) + coalesce(breakage.cost, 0)
    or (breakage.lot_id is not null and lots.cost_amount <> coalesce(given.cost, 0) + breakage.cost)
    or (lots.kind = 'promotional' and lots.cost_amount <> 0)

union all

select
    used.source || ' ' || used.account as lot_id,
    'its export draws more than prepaid_lots.csv holds' as fault,
    coalesce(max(taken.face), 0) - sum(used.drawn_by_provider) as remaining
from used
left join taken on used.source = taken.source and used.account = taken.account
group by used.source, used.account
having sum(used.drawn_by_provider) > coalesce(max(taken.face), 0)
