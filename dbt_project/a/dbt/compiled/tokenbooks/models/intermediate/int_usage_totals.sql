-- Metered use at the grain that matters for attribution: identity, model, token class, tier, context and unit.
with

usage_rows as (

    select * from "w"."staging"."stg_usage"

),

totals as (

    select
        source,
        account,
        service_date,
        sub_account_id,
        credential_id,
        principal_id,
        consumer_id,
        activity,
        tags,
        model,
        token_class,
        service_tier,
        context_window,
        unit,
        sum(quantity) as quantity
    from usage_rows
    group by
        source,
        account,
        service_date,
        sub_account_id,
        credential_id,
        principal_id,
        consumer_id,
        activity,
        tags,
        model,
        token_class,
        service_tier,
        context_window,
        unit

),

final as (

    select
        *,
        md5(concat_ws(chr(31), coalesce(cast(source as string), chr(30)), coalesce(cast(account as string), chr(30)), coalesce(cast(service_date as string), chr(30)), coalesce(cast(sub_account_id as string), chr(30)), coalesce(cast(credential_id as string), chr(30)), coalesce(cast(principal_id as string), chr(30)), coalesce(cast(consumer_id as string), chr(30)), coalesce(cast(activity as string), chr(30)), coalesce(cast(tags as string), chr(30)))) as identity_id
    from totals
    where quantity > 0

)

select * from final