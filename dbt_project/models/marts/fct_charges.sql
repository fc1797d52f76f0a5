-- Every charge line that counts, as billed; without names, e-mails, tags or principals.
with

charges as (select * from {{ ref('int_charges_recognized') }}),
accounts as (select * from {{ ref('int_accounts_owned') }}),

final as (

    select
        ---------- ids
        charges.charge_id,
        charges.period,
        charges.service_date as charge_date,
        charges.source,
        charges.account,
        accounts.entity_id,
        charges.load_id,
        charges.source_row,
        charges.sub_account_id,

        ---------- what
        charges.service_name,
        charges.model,
        charges.token_class,
        charges.service_tier,
        charges.context_window,
        charges.charge_category,
        charges.charge_class,
        charges.charge_description,

        ---------- money and quantity
        charges.billed_cost,
        charges.effective_cost,
        charges.recognized_cost,
        charges.list_cost,
        charges.quantity,
        charges.unit,
        charges.currency,
        substr(cast(charges.billing_date as string), 1, 7) as billing_period
    from charges
    left join accounts on charges.source = accounts.source and charges.account = accounts.account

)

select * from final
