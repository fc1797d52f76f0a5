with

invoices as (select * from {{ source('lake', 'invoices') }}),
loads as (select * from {{ source('lake', 'loads') }}),

final as (

    select
        invoices.x_LoadId as load_id,
        invoices.x_SourceRow as source_row,
        invoices.x_Account as account,
        loads.as_of,
        invoices.InvoiceId as invoice_id,
        invoices.InvoiceIssuerName as invoice_issuer,
        invoices.InvoiceDetailId as line_no,
        invoices.InvoiceDetailDescription as description,
        invoices.ReferenceInvoiceId as reference_invoice_id,
        cast(invoices.InvoiceIssueDate as date) as issue_date,
        cast(invoices.PaymentDueDate as date) as due_date,
        {{ month_of('invoices.BillingPeriodStart') }} as billing_period,
        invoices.ChargeCategory as charge_category,
        invoices.BilledCost as amount,
        invoices.BillingCurrency as currency
    from invoices
    left join loads on invoices.x_LoadId = loads.load_id

)

select * from final
