

-- The one place where money is rounded: an entity's cost of a period to minor units, over its lines by largest remainder.
with

costs as (

    select * from "w"."intermediate"."int_costs_totaled"

),

currencies as (

    select * from "w"."staging"."stg_currencies"

),

lines as (

    select
        costs.line_id,
        costs.period,
        costs.currency,
        costs.paying_entity_id,
        costs.entity_id,
        costs.function,
        costs.cost_center_id,
        concat_ws('|', costs.entity_id, costs.function, costs.statement_center_id) as line_order,
        case max(currencies.minor_units)
        when 0 then 1000000000000 when 1 then 100000000000 when 2 then 10000000000
        when 3 then 1000000000 when 4 then 100000000
    end as minor_unit_picos,
        sum(costs.amount) as amount
    from costs
    left join currencies on costs.currency = currencies.currency
    group by
        costs.line_id,
        costs.period,
        costs.currency,
        costs.paying_entity_id,
        costs.entity_id,
        costs.function,
        costs.cost_center_id,
        costs.statement_center_id

),

rounded as (

    select
        lines__ranked.*,
        group_sign * (floored_units + case when remainder_rank <= left_over then 1 else 0 end) as rounded_units
    from (
        select
            lines__floored.*,
            group_sign * group_units - sum(floored_units) over (partition by period, paying_entity_id, currency) as left_over,
            row_number() over (partition by period, paying_entity_id, currency order by remainder desc, line_order asc) as remainder_rank
        from (
            select
                lines__signed.*,
                ((((group_sign * line_picos) % (minor_unit_picos)) + (minor_unit_picos)) % (minor_unit_picos)) as remainder,
                (cast(group_sign * line_picos - ((((group_sign * line_picos) % (minor_unit_picos)) + (minor_unit_picos)) % (minor_unit_picos)) as hugeint) // cast(minor_unit_picos as hugeint))
                    as floored_units
            from (
                select
                    lines__summed.*,
                    case when coalesce(nullif(group_picos, 0), first_picos, 0) < 0 then -1 else 1 end as group_sign,
                    case
            when group_picos < 0 then -(cast((-2 * group_picos + minor_unit_picos) as hugeint) // cast((2 * minor_unit_picos) as hugeint))
            else (cast((2 * group_picos + minor_unit_picos) as hugeint) // cast((2 * minor_unit_picos) as hugeint))
        end as group_units
                from (
                    select
                        lines.*,
                        cast((amount) * 1000000000000 as hugeint) as line_picos,
                        sum(cast((amount) * 1000000000000 as hugeint)) over (partition by period, paying_entity_id, currency) as group_picos,
                        min_by(cast((amount) * 1000000000000 as hugeint), case when amount <> 0 then line_order end)
                            over (partition by period, paying_entity_id, currency) as first_picos
                    from lines
                ) as lines__summed
            ) as lines__signed
        ) as lines__floored
    ) as lines__ranked

),

final as (

    select
        line_id,
        period,
        currency,
        paying_entity_id,
        entity_id,
        function,
        cost_center_id,
        minor_unit_picos,
        amount,
        rounded_units,
        cast(cast(cast(rounded_units * minor_unit_picos as decimal(38, 0)) * 0.000000000001 as decimal(38, 12)) as decimal(28, 4)) as rounded_amount
    from rounded

)

select * from final