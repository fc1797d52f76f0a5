-- Keys and owners that somebody must see to: what they spent, when, and the cure. No names, no e-mails.
{%- set cures = {
    'leaver_key': 'revoke the key, its owner has left; or name its new owner in credentials.csv from that day on',
    'pre_employment': 'name in credentials.csv who used the key before its owner started, or correct employees.csv',
    'orphan_key': 'name the owner in credentials.csv, or revoke the key',
    'expired_key': 'revoke the key, or correct its dates in credentials.csv',
    'unknown_owner': 'the owner had ended: name another one in credentials.csv',
    'ownerless_service': 'the person who answers for it has left: name another owner_employee_id in services.csv',
    'shared_key': 'give each user a key of their own; until then its custodian answers for it',
} %}

with

exceptions as (select * from {{ ref('int_exceptions') }}),
charge_cases as (select * from {{ ref('int_charge_cases') }}),
settings as (select * from {{ ref('stg_settings') }}),

named as (

    select
        charge_cases.period,
        charge_cases.source,
        charge_cases.account,
        charge_cases.currency,
        charge_cases.service_date,
        charge_cases.charges,
        exceptions.entity_id,
        exceptions.kind,
        exceptions.owner,
        exceptions.amount,
        -- the id of a key as it is; what may name a person as a pseudonym, keyed as those of employees are
        case
            when charge_cases.credential_id not like '%@%' then charge_cases.credential_id
            else 'person ' || substr({{ sha256_hex(
                "settings.pseudonym_salt || lower(coalesce(charge_cases.credential_id, charge_cases.principal_id, "
                ~ "charge_cases.consumer_id))"
            ) }}, 1, 16)
        end as key
    from exceptions
    inner join charge_cases on exceptions.case_id = charge_cases.case_id
    cross join settings

),

final as (

    select
        period,
        entity_id,
        kind,
        key,
        owner,
        source,
        account,
        cast(sum(charges) as bigint) as charges,
        cast(sum(amount) as decimal(38, 12)) as amount,
        currency,
        min(service_date) as first_day,
        max(service_date) as last_day,
        case kind
            {%- for kind, cure in cures.items() %}
            when '{{ kind }}' then '{{ cure }}'
            {%- endfor %}
        end as cure
    from named
    group by period, entity_id, kind, key, owner, source, account, currency

)

select * from final
