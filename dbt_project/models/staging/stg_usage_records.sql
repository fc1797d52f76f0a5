-- Records of logs that count. A log is delivered again as it grows, and a resumed session copies what came before it: a
-- record counts once in an account, on its earliest day (so no later delivery changes an earlier month), as the newest load
-- has it on that day. Earlier months are asked too, whatever is built.
with

usage_rows as (select * from {{ source('lake', 'usage') }}),
loads as (select * from {{ source('lake', 'loads') }}),

records as (

    select distinct
        x_Source as source,
        x_Account as account,
        x_RecordId as record_id,
        x_LoadId as load_id,
        x_SourceRow as source_row,
        UsageDate as service_date
    from usage_rows
    where x_RecordId is not null

),

placed as (

    select
        records.*,
        row_number() over (
            partition by records.source, records.account, records.record_id
            order by records.service_date asc, loads.as_of desc, records.load_id asc, records.source_row asc
        ) as place
    from records
    inner join loads on records.load_id = loads.load_id

),

final as (

    select
        load_id,
        source_row,
        record_id
    from placed
    where place = 1

)

select * from final
