"""The columns of the four lake datasets, once: name, Arrow type, meaning.

`charges` are FOCUS 1.4 Cost and Usage rows plus our `x_` columns; `invoices` are FOCUS 1.4
Invoice Detail rows; `usage` and `identities` are ours, spelled the FOCUS way. Everything that
needs a column's type (reader, gate, empty tables of the warehouse) asks this module.
"""

import pyarrow as pa

MONEY = pa.decimal128(28, 12)
PRICE = pa.decimal128(28, 12)
QUANTITY = pa.decimal128(28, 12)
COUNT = pa.decimal128(18, 0)
TIME = pa.timestamp("us")  # always UTC, kept without a zone so that no reader's clock can shift a day
TEXT = pa.string()

TOKEN_CLASSES = ("uncached_input", "cache_read", "cache_write_5m", "cache_write_1h", "cache_write", "output")
CHARGE_CATEGORIES = ("Usage", "Purchase", "Tax", "Credit", "Adjustment")

# Where a row comes from: every dataset ends with these.
_ORIGIN = {"x_Source": TEXT, "x_Account": TEXT, "x_LoadId": TEXT, "x_SourceRow": pa.int64()}

# What the work was and who did it, as far as the provider says; in charges and in usage alike.
_WORK = {
    "x_Model": TEXT,
    "x_TokenClass": TEXT,
    "x_ServiceTier": TEXT,
    "x_ContextWindow": TEXT,
    "x_CredentialId": TEXT,
    "x_PrincipalId": TEXT,
    "x_ConsumerId": TEXT,
    "x_Activity": TEXT,
}

_COST_AND_USAGE = {
    "AllocatedMethodDetails": TEXT,
    "AllocatedMethodId": TEXT,
    "AllocatedResourceId": TEXT,
    "AllocatedResourceName": TEXT,
    "AllocatedTags": TEXT,
    "AvailabilityZone": TEXT,
    "BilledCost": MONEY,
    "BillingAccountId": TEXT,
    "BillingAccountName": TEXT,
    "BillingAccountType": TEXT,
    "BillingCurrency": TEXT,
    "BillingPeriodEnd": TIME,
    "BillingPeriodStart": TIME,
    "CapacityReservationId": TEXT,
    "CapacityReservationStatus": TEXT,
    "ChargeCategory": TEXT,
    "ChargeClass": TEXT,
    "ChargeDescription": TEXT,
    "ChargeFrequency": TEXT,
    "ChargePeriodEnd": TIME,
    "ChargePeriodStart": TIME,
    "CommitmentDiscountCategory": TEXT,
    "CommitmentDiscountId": TEXT,
    "CommitmentDiscountName": TEXT,
    "CommitmentDiscountQuantity": QUANTITY,
    "CommitmentDiscountStatus": TEXT,
    "CommitmentDiscountType": TEXT,
    "CommitmentDiscountUnit": TEXT,
    "CommitmentProgramEligibilityDetails": TEXT,
    "ConsumedQuantity": QUANTITY,
    "ConsumedUnit": TEXT,
    "ContractApplied": TEXT,
    "ContractedCost": MONEY,
    "ContractedUnitPrice": PRICE,
    "EffectiveCost": MONEY,
    "HostProviderName": TEXT,
    "InvoiceDetailId": TEXT,
    "InvoiceId": TEXT,
    "InvoiceIssuerName": TEXT,
    "ListCost": MONEY,
    "ListUnitPrice": PRICE,
    "PricingCategory": TEXT,
    "PricingCurrency": TEXT,
    "PricingCurrencyContractedUnitPrice": PRICE,
    "PricingCurrencyEffectiveCost": MONEY,
    "PricingCurrencyListUnitPrice": PRICE,
    "PricingQuantity": QUANTITY,
    "PricingUnit": TEXT,
    "RegionId": TEXT,
    "RegionName": TEXT,
    "ResourceId": TEXT,
    "ResourceName": TEXT,
    "ResourceType": TEXT,
    "ServiceCategory": TEXT,
    "ServiceName": TEXT,
    "ServiceProviderName": TEXT,
    "ServiceSubcategory": TEXT,
    "SkuId": TEXT,
    "SkuMeter": TEXT,
    "SkuPriceDetails": TEXT,
    "SkuPriceId": TEXT,
    "SubAccountId": TEXT,
    "SubAccountName": TEXT,
    "SubAccountType": TEXT,
    "Tags": TEXT,
}

_USAGE = {
    "UsageDate": pa.date32(),
    "SubAccountId": TEXT,
    **_WORK,
    "Quantity": COUNT,
    "Unit": TEXT,
    "EstimatedCost": MONEY,
    "EstimatedCostCurrency": TEXT,
    "Tags": TEXT,
    "x_RecordId": TEXT,  # in logs: rows of one record have it in common, in whatever delivery they come
}

_IDENTITIES = {
    "Kind": TEXT,
    "Key": TEXT,
    "Name": TEXT,
    "Email": TEXT,
    "OwnerKind": TEXT,
    "OwnerId": TEXT,
    "SubAccountId": TEXT,
    "ValidFrom": pa.date32(),
    "ValidTo": pa.date32(),
}

_INVOICE_DETAIL = {
    "BilledCost": MONEY,
    "BillingAccountId": TEXT,
    "BillingCurrency": TEXT,
    "BillingPeriodEnd": TIME,
    "BillingPeriodStart": TIME,
    "ChargeCategory": TEXT,
    "InvoiceDetailCreated": TIME,
    "InvoiceDetailDescription": TEXT,
    "InvoiceDetailGrain": TEXT,
    "InvoiceDetailId": TEXT,
    "InvoiceDetailLastUpdated": TIME,
    "InvoiceId": TEXT,
    "InvoiceIssueDate": TIME,
    "InvoiceIssueStatus": TEXT,
    "InvoiceIssuerName": TEXT,
    "PaymentCurrency": TEXT,
    "PaymentCurrencyBilledCost": MONEY,
    "PaymentCurrencyInvoiceDetailId": TEXT,
    "PaymentDueDate": TIME,
    "PaymentTerms": TEXT,
    "PurchaseOrderNumber": TEXT,
    "ReferenceInvoiceId": TEXT,
}

DATASETS: dict[str, pa.Schema] = {
    "charges": pa.schema({**_COST_AND_USAGE, **_WORK, **_ORIGIN}),
    "usage": pa.schema({**_USAGE, **_ORIGIN}),
    "identities": pa.schema({**_IDENTITIES, **_ORIGIN}),
    "invoices": pa.schema({**_INVOICE_DETAIL, **_ORIGIN}),
}

# The column that dates a row; identities hold intervals instead.
SERVICE_DATE = {"charges": "ChargePeriodStart", "usage": "UsageDate", "invoices": "BillingPeriodStart"}

# The column that decides a row's period: an invoice is booked when it is issued, whatever month it is for.
PERIOD_DATE = {**SERVICE_DATE, "invoices": "InvoiceIssueDate"}

# The column whose sum per currency is the control total, and the currency beside it; of use, quantity and unit.
CONTROL_TOTAL = {
    "charges": ("BilledCost", "BillingCurrency"),
    "usage": ("Quantity", "Unit"),
    "invoices": ("BilledCost", "BillingCurrency"),
}


def duckdb_type(arrow: pa.DataType) -> str:
    """The DuckDB name of a dataset column's Arrow type."""
    if pa.types.is_decimal(arrow):
        return f"DECIMAL({arrow.precision},{arrow.scale})"
    names = {TEXT: "VARCHAR", TIME: "TIMESTAMP", pa.date32(): "DATE", pa.int64(): "BIGINT"}
    return names[arrow]
