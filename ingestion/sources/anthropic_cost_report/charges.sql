-- One charge per result of a bucket; amounts came as text in cents and are dollars in the view `export`.
-- A null workspace is the default workspace. Charges other than tokens have neither model nor token type.
SELECT
    _row,
    amount AS BilledCost,
    amount AS EffectiveCost,
    amount AS ListCost,
    amount AS ContractedCost,
    upper(currency) AS BillingCurrency,
    _account AS BillingAccountId,
    date_trunc('month', starting_at) AS BillingPeriodStart,
    date_trunc('month', starting_at) + INTERVAL 1 MONTH AS BillingPeriodEnd,
    starting_at AS ChargePeriodStart,
    ending_at AS ChargePeriodEnd,
    CASE WHEN contains(lower(description), 'credit') AND cost_type IS DISTINCT FROM 'tokens' THEN 'Credit' ELSE 'Usage' END
        AS ChargeCategory,
    'Usage-Based' AS ChargeFrequency,
    description AS ChargeDescription,
    token_type AS SkuMeter,
    nullif(inference_geo, 'not_available') AS RegionId,
    workspace_id AS SubAccountId,
    CASE WHEN workspace_id IS NOT NULL THEN 'workspace' END AS SubAccountType,
    'Claude API' AS ServiceName,
    'AI and Machine Learning' AS ServiceCategory,
    'Generative AI' AS ServiceSubcategory,
    'Anthropic' AS ServiceProviderName,
    'Anthropic' AS HostProviderName,
    'Anthropic' AS InvoiceIssuerName,
    model AS x_Model,
    anthropic_token_class(token_type) AS x_TokenClass,
    service_tier AS x_ServiceTier,
    context_window AS x_ContextWindow
FROM export
