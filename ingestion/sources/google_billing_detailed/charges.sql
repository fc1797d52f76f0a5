-- One charge per row of the table. Gross is what the list says, cost what the contract says before credits, and net,
-- which is billed, cost plus the sum of the row's credits (negative), added up as decimals. The invoice month is the
-- billing period, whenever the use was. Unit prices are given where they are of one unit and no credit is in the cost.
-- A quantity that no decimal holds (byte-seconds of storage) is left out, money never.
WITH read AS (
    SELECT
        *,
        sku_words("sku.description") AS words,
        sku_token_class("sku.description", sku_words("sku.description")) AS token_class,
        google_credits(credits) AS credited,
        TRY_CAST(plain_number("usage.amount") AS DECIMAL(28, 12)) AS used
    FROM export
)

SELECT
    _row,
    cost + credited AS BilledCost,
    cost + credited AS EffectiveCost,
    cost AS ContractedCost,
    coalesce(cost_at_list, cost) AS ListCost,
    CASE WHEN "price.pricing_unit_quantity" = 1 AND credited = 0 THEN "price.effective_price" END
        AS ContractedUnitPrice,
    CASE WHEN "price.pricing_unit_quantity" = 1 AND credited = 0 THEN "price.list_price" END AS ListUnitPrice,
    upper(currency) AS BillingCurrency,
    billing_account_id AS BillingAccountId,
    CAST("invoice.month" AS TIMESTAMP) AS BillingPeriodStart,
    "invoice.month" + INTERVAL 1 MONTH AS BillingPeriodEnd,
    usage_start_time AS ChargePeriodStart,
    usage_end_time AS ChargePeriodEnd,
    CASE cost_type WHEN 'regular' THEN 'Usage' WHEN 'tax' THEN 'Tax' ELSE 'Adjustment' END AS ChargeCategory,
    CASE WHEN cost_type = 'adjustment' OR coalesce(json_merge_patch('{}', adjustment_info), '{}') <> '{}'
        THEN 'Correction' END AS ChargeClass,
    CASE cost_type WHEN 'regular' THEN 'Usage-Based' ELSE 'One-Time' END AS ChargeFrequency,
    "sku.description" AS ChargeDescription,
    "sku.id" AS SkuId,
    "sku.description" AS SkuMeter,
    sku_details("sku.description", words) AS SkuPriceDetails,
    used AS ConsumedQuantity,
    CASE WHEN used IS NULL THEN NULL WHEN token_class IS NOT NULL AND "usage.unit" = 'count' THEN 'tokens'
        ELSE "usage.unit" END AS ConsumedUnit,
    "usage.amount_in_pricing_units" AS PricingQuantity,
    "usage.pricing_unit" AS PricingUnit,
    "subscription.instance_id" AS CommitmentDiscountId,
    "project.id" AS SubAccountId,
    "project.name" AS SubAccountName,
    CASE WHEN "project.id" IS NOT NULL THEN 'Project' END AS SubAccountType,
    "location.region" AS RegionId,
    "resource.global_name" AS ResourceId,
    "resource.name" AS ResourceName,
    "service.description" AS ServiceName,
    CASE WHEN sku_is_model("sku.description") OR contains("service.description", 'Vertex AI')
        OR contains("service.description", 'Gemini') THEN 'AI and Machine Learning' END AS ServiceCategory,
    CASE WHEN starts_with(transaction_type, 'THIRD_PARTY') THEN seller_name ELSE 'Google Cloud' END
        AS ServiceProviderName,
    'Google Cloud' AS HostProviderName,
    'Google Cloud' AS InvoiceIssuerName,
    google_tags("project.labels", tags, labels) AS Tags,
    sku_model("sku.description", words) AS x_Model,
    token_class AS x_TokenClass,
    sku_tier("sku.description", words) AS x_ServiceTier,
    sku_context("sku.description", words) AS x_ContextWindow
FROM read
