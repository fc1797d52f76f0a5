{{ config(schema='intermediate', materialized='table', contract={'enforced': false}) }}

-- Lines of invoices that count, each with the account of a cost source that is invoiced so, and the entity that owes it.
with

lines as (select * from {{ ref('stg_invoices') }}),
delivered as (select * from {{ ref('int_invoices_delivered') }}),
accounts as (select * from {{ ref('stg_accounts') }}),
sources as (select * from {{ ref('stg_sources') }}),

billed_accounts as (

    select
        accounts.invoiced_as,
        max(accounts.source) as source,
        max(accounts.account) as account,
        max(accounts.entity_id) as entity_id,
        max(accounts.tax_recoverable) as tax_recoverable,
        count(*) as accounts
    from accounts
    inner join sources on accounts.source = sources.source and sources.dataset = 'charges'
    group by accounts.invoiced_as

),

final as (

    select
        lines.invoice_issuer,
        lines.invoice_id,
        lines.load_id,
        lines.source_row,
        lines.line_no,
        lines.issue_date,
        lines.due_date,
        lines.billing_period,
        lines.charge_category,
        lines.amount,
        lines.currency,
        lines.account as invoiced_account,
        billed_accounts.source,
        case
            when billed_accounts.accounts > 1
                then
                    {{ stop_with(
                        "'tokenbooks.yml: several accounts of cost sources are invoiced as ' || lines.account"
                        ~ " || '; give each an invoiced_as of its own, the folder below landing/invoice/'"
                    ) }}
            else billed_accounts.account
        end as account,
        billed_accounts.entity_id,
        coalesce(billed_accounts.tax_recoverable, 'false') as tax_recoverable
    from lines
    inner join delivered
        on
            lines.invoice_issuer = delivered.invoice_issuer
            and lines.invoice_id = delivered.invoice_id
            and lines.load_id = delivered.load_id
            and lines.account = delivered.account
    left join billed_accounts on lines.account = billed_accounts.invoiced_as

)

select * from final
