-- One charge per line; lines alike in everything are two charges. Cost is a text: an amount in dollars, or a word for
-- nothing charged. Older files write an amount for use within the plan too: that is its worth (ListCost), not billed. An
-- empty Cost says nothing by itself: 0 is billed where Kind says so, or where nothing was used, and a check refuses the rest.
SELECT
    _row,
    CASE WHEN free THEN 0 ELSE amount END AS BilledCost,
    CASE WHEN free THEN 0 ELSE amount END AS EffectiveCost,
    amount AS ListCost,
    amount AS ContractedCost,
    'USD' AS BillingCurrency,
    _account AS BillingAccountId,
    date_trunc('month', "Date") AS BillingPeriodStart,
    date_trunc('month', "Date") + INTERVAL 1 MONTH AS BillingPeriodEnd,
    date_trunc('day', "Date") AS ChargePeriodStart,
    date_trunc('day', "Date") + INTERVAL 1 DAY AS ChargePeriodEnd,
    'Usage' AS ChargeCategory,
    'Usage-Based' AS ChargeFrequency,
    concat_ws(', ', "Model", "Kind") AS ChargeDescription,
    "Total Tokens" AS ConsumedQuantity,
    CASE WHEN "Total Tokens" IS NOT NULL THEN 'tokens' END AS ConsumedUnit,
    "Kind" AS SkuMeter,
    'Cursor' AS ServiceName,
    'AI and Machine Learning' AS ServiceCategory,
    'Generative AI' AS ServiceSubcategory,
    'Cursor' AS ServiceProviderName,
    'Cursor' AS HostProviderName,
    'Cursor' AS InvoiceIssuerName,
    "Model" AS x_Model,
    CASE WHEN "Max Mode" = 'Yes' THEN 'max' END AS x_ContextWindow,
    "User" AS x_PrincipalId
FROM (
    SELECT
        *,
        coalesce("Cost" IN ('-', 'Free', 'Included'), false)
        OR regexp_matches(coalesce("Kind", ''), '(?i)included|no charge|not charged')
        OR ("Cost" IS NULL AND coalesce("Total Tokens", 0) = 0) AS free,
        CAST(nullif(regexp_replace("Cost", '[^0-9.]', '', 'g'), '') AS DECIMAL(28, 12)) AS amount
    FROM export
)
