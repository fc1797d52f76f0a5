-- What the id of a cost centre means on a day: the centre itself while it exists, then the one that took it over.
{%- set hops = var('successor_hops') %}

with

cost_centers as (select * from {{ ref('stg_cost_centers') }}),

closed as (

    select
        cost_center_id,
        successor_id,
        valid_to as valid_from,
        lead(valid_from) over (partition by cost_center_id order by valid_from) as valid_to
    from cost_centers

),

waiting_0 as (

    select
        cost_center_id,
        successor_id,
        valid_from,
        valid_to
    from closed
    where successor_id is not null and valid_from is not null and (valid_to is null or valid_from < valid_to)

),

{% for hop in range(1, hops + 1) -%}
-- a successor that was merged in its turn hands on from that day
waiting_{{ hop }} as (

    select
        waiting.cost_center_id,
        closed.successor_id,
        greatest(waiting.valid_from, closed.valid_from) as valid_from,
        least(waiting.valid_to, closed.valid_to) as valid_to
    from waiting_{{ hop - 1 }} as waiting
    inner join closed on waiting.successor_id = closed.cost_center_id and {{ overlap('waiting', 'closed') }}
    where closed.successor_id is not null

),

{% endfor -%}
final as (

    select
        cost_center_id,
        cost_center_id as meant_id,
        entity_id,
        function,
        valid_from,
        valid_to
    from cost_centers
    {% for hop in range(hops + 1) %}
    union all

    select
        waiting.cost_center_id,
        cost_centers.cost_center_id as meant_id,
        cost_centers.entity_id,
        cost_centers.function,
        greatest(waiting.valid_from, cost_centers.valid_from) as valid_from,
        least(waiting.valid_to, cost_centers.valid_to) as valid_to
    from waiting_{{ hop }} as waiting
    inner join cost_centers on waiting.successor_id = cost_centers.cost_center_id and {{ overlap('waiting', 'cost_centers') }}
    {% endfor %}
)

select * from final
