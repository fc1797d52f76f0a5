-- Charges alike in who, where and what: everything below works on these, never on single charges.
with

charges as (

    select * from "w"."staging"."stg_charges"

),

cases as (

    select
        case_id,
        any_value(period) as period,
        any_value(source) as source,
        any_value(account) as account,
        any_value(service_date) as service_date,
        any_value(sub_account_id) as sub_account_id,
        any_value(credential_id) as credential_id,
        any_value(principal_id) as principal_id,
        any_value(consumer_id) as consumer_id,
        any_value(activity) as activity,
        any_value(tags) as tags,
        any_value(model) as model,
        any_value(token_class) as token_class,
        any_value(service_tier) as service_tier,
        any_value(context_window) as context_window,
        count(*) as charges,
        sum(recognized_cost) as recognized_cost
    from charges
    group by case_id

),

final as (

    select
        *,
        md5(concat_ws(chr(31), coalesce(cast(source as string), chr(30)), coalesce(cast(account as string), chr(30)), coalesce(cast(service_date as string), chr(30)), coalesce(cast(sub_account_id as string), chr(30)), coalesce(cast(credential_id as string), chr(30)), coalesce(cast(principal_id as string), chr(30)), coalesce(cast(consumer_id as string), chr(30)), coalesce(cast(activity as string), chr(30)), coalesce(cast(tags as string), chr(30)))) as identity_id
    from cases

)

select * from final