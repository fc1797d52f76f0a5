-- What each project costs in its year up to a month, that a framework would capitalise: the measure of the threshold.
with

project_costs as (select * from {{ ref('int_project_costs') }}),

final as (

    select
        this_month.period,
        this_month.framework,
        this_month.project_id,
        this_month.currency,
        sum(so_far.amount) as amount
    from project_costs as this_month
    inner join project_costs as so_far
        on
            this_month.framework = so_far.framework
            and this_month.project_id = so_far.project_id
            and this_month.currency = so_far.currency
            and substr(this_month.period, 1, 4) = substr(so_far.period, 1, 4)
            and this_month.period >= so_far.period
    group by this_month.period, this_month.framework, this_month.project_id, this_month.currency

)

select * from final
