-- A charge of one person for several days, cut where employment or cost centre changes; weights are days.
with

charge_cases as (select * from {{ ref('int_charge_cases') }}),
identities as (select * from {{ ref('int_identities_owned') }}),
assignments as (select * from {{ ref('stg_cost_center_assignments') }}),
employees as (select * from {{ ref('stg_employees') }}),
cost_centers as (select * from {{ ref('stg_cost_centers') }}),

seats as (

    select
        charge_cases.case_id,
        identities.owner_id as employee_id,
        charge_cases.service_date as first_day,
        charge_cases.seat_end
    from charge_cases
    inner join identities on charge_cases.identity_id = identities.identity_id
    where charge_cases.seat_end is not null and identities.owner_type = 'employee'

),

-- every day on which something about a person may change, or about a centre of theirs
changes as (

    select employee_id, valid_from as day from assignments
    union
    select employee_id, valid_to as day from assignments
    union
    select employee_id, valid_from as day from employees
    union
    select employee_id, valid_to as day from employees
    union
    select assignments.employee_id, cost_centers.valid_to as day
    from assignments
    inner join cost_centers on assignments.cost_center_id = cost_centers.cost_center_id

),

starts as (

    select case_id, first_day, seat_end, first_day as segment_start from seats
    union
    select seats.case_id, seats.first_day, seats.seat_end, changes.day as segment_start
    from seats
    inner join changes
        on seats.employee_id = changes.employee_id and seats.first_day < changes.day and seats.seat_end > changes.day

),

bounded as (

    select
        *,
        coalesce(lead(segment_start) over (partition by case_id order by segment_start), seat_end) as segment_end
    from starts

),

final as (

    select
        case_id,
        segment_start,
        {{ days_between('first_day', 'segment_start') }} as days_before,
        {{ days_between('first_day', 'segment_end') }} as days_up_to,
        {{ days_between('first_day', 'seat_end') }} as days_total
    from bounded

)

select * from final
