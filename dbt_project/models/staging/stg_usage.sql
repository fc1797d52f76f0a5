with

usage_rows as (select * from {{ source('lake', 'usage') }}),
coverage as (select * from {{ source('lake', 'coverage') }}),
build_periods as (select * from {{ source('lake', 'build_periods') }}),
records as (select * from {{ ref('stg_usage_records') }}),

current_usage as (

    select usage_rows.*
    from usage_rows
    inner join build_periods on usage_rows.period = build_periods.period
    inner join coverage
        on
            usage_rows.x_LoadId = coverage.load_id
            and coverage.dataset = 'usage'
            and usage_rows.UsageDate >= coverage.day_from
            and usage_rows.UsageDate < coverage.day_to
    left join records
        on usage_rows.x_LoadId = records.load_id and usage_rows.x_SourceRow = records.source_row
    where usage_rows.x_RecordId is null or records.load_id is not null

),

final as (

    select
        ---------- ids
        x_LoadId || ':' || cast(x_SourceRow as string) as usage_id,
        x_Source as source,
        x_Account as account,
        SubAccountId as sub_account_id,
        x_CredentialId as credential_id,
        x_PrincipalId as principal_id,
        x_ConsumerId as consumer_id,

        ---------- what
        x_Model as model,
        x_TokenClass as token_class,
        x_ServiceTier as service_tier,
        x_ContextWindow as context_window,
        x_Activity as activity,
        Tags as tags,

        ---------- when
        period,
        UsageDate as service_date,

        ---------- quantity
        Quantity as quantity,
        Unit as unit
    from current_usage

)

select * from final
