-- One charge per result of a bucket. A line item is a model and a direction in one text, of unstable case:
-- "gpt-4o-2024-08-06, Input", "gpt-5.6-luna, cached input"; or a product: "Image models", "Credit".
-- Audio and image tokens are classes of the same input and output that the usage endpoint counts.
WITH lines AS (
    SELECT
        *,
        CASE WHEN contains(line_item, ', ') THEN regexp_replace(line_item, ', [^,]*$', '') END AS model,
        CASE WHEN contains(line_item, ', ') THEN lower(regexp_extract(line_item, ', ([^,]*)$', 1)) END AS direction
    FROM export
)

SELECT
    _row,
    "amount.value" AS BilledCost,
    "amount.value" AS EffectiveCost,
    "amount.value" AS ListCost,
    "amount.value" AS ContractedCost,
    upper("amount.currency") AS BillingCurrency,
    _account AS BillingAccountId,
    date_trunc('month', start_time) AS BillingPeriodStart,
    date_trunc('month', start_time) + INTERVAL 1 MONTH AS BillingPeriodEnd,
    start_time AS ChargePeriodStart,
    end_time AS ChargePeriodEnd,
    CASE WHEN contains(lower(line_item), 'credit') THEN 'Credit' ELSE 'Usage' END AS ChargeCategory,
    CASE WHEN contains(lower(line_item), 'credit') THEN 'One-Time' ELSE 'Usage-Based' END AS ChargeFrequency,
    line_item AS ChargeDescription,
    line_item AS SkuMeter,
    CASE quantity_unit WHEN '1000_tokens' THEN quantity * 1000 ELSE quantity END AS ConsumedQuantity,
    CASE quantity_unit WHEN '1000_tokens' THEN 'tokens' ELSE quantity_unit END AS ConsumedUnit,
    quantity AS PricingQuantity,
    replace(quantity_unit, '_', ' ') AS PricingUnit,
    project_id AS SubAccountId,
    project_name AS SubAccountName,
    CASE WHEN project_id IS NOT NULL THEN 'project' END AS SubAccountType,
    'OpenAI API' AS ServiceName,
    'AI and Machine Learning' AS ServiceCategory,
    'Generative AI' AS ServiceSubcategory,
    'OpenAI' AS ServiceProviderName,
    'OpenAI' AS HostProviderName,
    'OpenAI' AS InvoiceIssuerName,
    model AS x_Model,
    CASE
        WHEN contains(direction, 'output') THEN 'output'
        WHEN contains(direction, 'cache') AND contains(direction, 'write') THEN 'cache_write'
        WHEN contains(direction, 'cached') THEN 'cache_read'
        WHEN contains(direction, 'input') THEN 'uncached_input'
    END AS x_TokenClass,
    api_key_id AS x_CredentialId,
    user_id AS x_PrincipalId
FROM lines
