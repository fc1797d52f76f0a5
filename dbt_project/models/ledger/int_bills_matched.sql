{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Used, billed and invoiced per account, billing period and currency, side by side. Tax that no export bills is told
-- apart: it is on the invoice alone.
with

invoice_lines as (select * from {{ ref('int_invoice_lines') }}),
billed as (select * from {{ ref('int_billed_totaled') }}),
used as (select * from {{ ref('int_used_totaled') }}),
accounts as (select * from {{ ref('stg_accounts') }}),

invoiced as (

    select
        coalesce(source, '(none)') as source,
        coalesce(account, invoiced_account) as account,
        billing_period as period,
        currency,
        count(distinct invoice_issuer || '|' || invoice_id) as invoices,
        count(*) as invoice_lines,
        sum(amount) as invoiced,
        sum(case when charge_category = 'Tax' then amount else 0 end) as invoiced_tax
    from invoice_lines
    group by coalesce(source, '(none)'), coalesce(account, invoiced_account), billing_period, currency

),

bills as (

    select
        source,
        account,
        billing_period as period,
        currency,
        sum(charge_rows) as charge_rows,
        sum(billed_cost) as billed,
        sum(billed_tax) as billed_tax
    from billed
    group by source, account, billing_period, currency

),

final as (

    select
        coalesce(bills.period, invoiced.period) as period,
        coalesce(accounts.entity_id, '(unassigned)') as entity_id,
        coalesce(bills.source, invoiced.source) as source,
        coalesce(bills.account, invoiced.account) as account,
        coalesce(bills.currency, invoiced.currency) as currency,
        used.used_cost,
        bills.charge_rows,
        bills.billed,
        invoiced.invoices,
        invoiced.invoice_lines,
        invoiced.invoiced,
        case when coalesce(bills.billed_tax, 0) = 0 then coalesce(invoiced.invoiced_tax, 0) else 0 end as tax_not_billed
    from bills
    full outer join invoiced
        on
            bills.source = invoiced.source
            and bills.account = invoiced.account
            and bills.period = invoiced.period
            and bills.currency = invoiced.currency
    left join used
        on
            bills.source = used.source
            and bills.account = used.account
            and bills.period = used.period
            and bills.currency = used.currency
    left join accounts
        on
            coalesce(bills.source, invoiced.source) = accounts.source
            and coalesce(bills.account, invoiced.account) = accounts.account

)

select * from final
