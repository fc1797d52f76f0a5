
    

    create  table
      "w"."intermediate"."int_identities__dbt_tmp"
  
    
    as (
      -- Every distinct combination of person, key, tags and place that a charge or a use names on a day.
with

charge_cases as (

    select * from "w"."intermediate"."int_charge_cases"

),

usage_totals as (

    select * from "w"."intermediate"."int_usage_totals"

),

settings as (

    select * from "w"."staging"."stg_settings"

),

identities as (

    select
        identity_id,
        source,
        account,
        service_date,
        sub_account_id,
        credential_id,
        principal_id,
        consumer_id,
        activity,
        tags
    from charge_cases

    union

    select
        identity_id,
        source,
        account,
        service_date,
        sub_account_id,
        credential_id,
        principal_id,
        consumer_id,
        activity,
        tags
    from usage_totals

),

final as (

    select
        identities.*,
        nullif(json_extract_string(identities.tags, '$."' || settings.tag_project || '"'), '') as tag_project,
        nullif(json_extract_string(identities.tags, '$."' || settings.tag_activity || '"'), '') as tag_activity,
        nullif(json_extract_string(identities.tags, '$."' || settings.tag_workload || '"'), '') as tag_workload,
        nullif(json_extract_string(identities.tags, '$."' || settings.tag_cost_center || '"'), '') as tag_cost_center
    from identities
    cross join settings

)

select * from final
    );
    
  