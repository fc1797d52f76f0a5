-- One charge per event; events have no id, and two alike are two charges. Cents came as floats and are dollars in the view
-- `export`, rounded once. chargedCents is stated for use within the plan too, so it is what the use is worth (ListCost);
-- what is billed beyond the seats is that of events that are charged and not included. Classes of tokens share one price
-- here, so a charge has the sum of its tokens and no class.
SELECT
    _row,
    billed AS BilledCost,
    billed AS EffectiveCost,
    chargedCents AS ListCost,
    chargedCents AS ContractedCost,
    'USD' AS BillingCurrency,
    _account AS BillingAccountId,
    date_trunc('month', timestamp) AS BillingPeriodStart,
    date_trunc('month', timestamp) + INTERVAL 1 MONTH AS BillingPeriodEnd,
    date_trunc('day', timestamp) AS ChargePeriodStart,
    date_trunc('day', timestamp) + INTERVAL 1 DAY AS ChargePeriodEnd,
    'Usage' AS ChargeCategory,
    'Usage-Based' AS ChargeFrequency,
    concat_ws(', ', model, kind) AS ChargeDescription,
    coalesce(tokens, requestsCosts) AS ConsumedQuantity,
    CASE WHEN tokens IS NOT NULL THEN 'tokens' WHEN requestsCosts IS NOT NULL THEN 'requests' END AS ConsumedUnit,
    kind AS SkuMeter,
    'Cursor' AS ServiceName,
    'AI and Machine Learning' AS ServiceCategory,
    'Generative AI' AS ServiceSubcategory,
    'Cursor' AS ServiceProviderName,
    'Cursor' AS HostProviderName,
    'Cursor' AS InvoiceIssuerName,
    model AS x_Model,
    CASE WHEN maxMode THEN 'max' END AS x_ContextWindow,
    serviceAccountId AS x_CredentialId,
    nullif(userEmail, '') AS x_PrincipalId
FROM (
    SELECT
        *,
        CASE WHEN isChargeable IS FALSE OR contains(lower(kind), 'included') THEN 0 ELSE chargedCents END AS billed,
        "tokenUsage.inputTokens" + coalesce("tokenUsage.outputTokens", 0) + coalesce("tokenUsage.cacheWriteTokens", 0)
        + coalesce("tokenUsage.cacheReadTokens", 0) AS tokens
    FROM export
)
