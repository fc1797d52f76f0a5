-- A line of an invoice as it is; the account is the one whose folder it was delivered in.
SELECT
    _row,
    amount AS BilledCost,
    _account AS BillingAccountId,
    upper(currency) AS BillingCurrency,
    CAST(billing_period_start AS TIMESTAMP) AS BillingPeriodStart,
    CAST(billing_period_end AS TIMESTAMP) AS BillingPeriodEnd,
    charge_category AS ChargeCategory,
    description AS InvoiceDetailDescription,
    CAST(line_no AS VARCHAR) AS InvoiceDetailId,
    trim(invoice_id) AS InvoiceId,
    CAST(issue_date AS TIMESTAMP) AS InvoiceIssueDate,
    'Issued' AS InvoiceIssueStatus,
    trim(invoice_issuer) AS InvoiceIssuerName,
    CAST(due_date AS TIMESTAMP) AS PaymentDueDate,
    nullif(trim(reference_invoice_id), '') AS ReferenceInvoiceId
FROM export
