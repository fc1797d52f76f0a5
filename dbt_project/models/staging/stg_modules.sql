with

modules as (select * from {{ source('company', 'modules') }}),

final as (

    select
        module_id,
        project_id,
        name as module_name,
        nullif(depends_on, '') as depends_on,
        useful_life_months,
        life_memo_ref,
        life_memo_date
    from modules

)

select * from final
