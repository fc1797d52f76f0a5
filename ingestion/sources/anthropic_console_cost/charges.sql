-- Dollars, rounded to cents by the row. What the list price comes to is told from 2026 on; before, it is not known.
-- Models come by their display name, "Claude Haiku 4.5"; usage knows them as claude-haiku-4-5. Workspaces come by name
-- alone, keys too until 2025; the workspace named Default is the one that usage gives as null.
SELECT
    _row,
    cost_usd AS BilledCost,
    cost_usd AS EffectiveCost,
    list_price_usd AS ListCost,
    cost_usd AS ContractedCost,
    'USD' AS BillingCurrency,
    _account AS BillingAccountId,
    date_trunc('month', usage_date_utc) AS BillingPeriodStart,
    date_trunc('month', usage_date_utc) + INTERVAL 1 MONTH AS BillingPeriodEnd,
    date_trunc('day', usage_date_utc) AS ChargePeriodStart,
    date_trunc('day', usage_date_utc) + INTERVAL 1 DAY AS ChargePeriodEnd,
    'Usage' AS ChargeCategory,
    'Usage-Based' AS ChargeFrequency,
    concat_ws(', ', model, coalesce(token_type, cost_type), speed) AS ChargeDescription,
    token_type AS SkuMeter,
    nullif(inference_geo, 'not_available') AS RegionId,
    api_key_id AS ResourceId,
    api_key AS ResourceName,
    CASE WHEN api_key IS NOT NULL THEN 'API key' END AS ResourceType,
    nullif(workspace, 'Default') AS SubAccountId,
    workspace AS SubAccountName,
    CASE WHEN workspace IS NOT NULL THEN 'workspace' END AS SubAccountType,
    'Claude API' AS ServiceName,
    'AI and Machine Learning' AS ServiceCategory,
    'Generative AI' AS ServiceSubcategory,
    'Anthropic' AS ServiceProviderName,
    'Anthropic' AS HostProviderName,
    'Anthropic' AS InvoiceIssuerName,
    regexp_replace(
        regexp_replace(lower(model), '[ .]', '-', 'g'), '-(\d{4})-(\d{2})-(\d{2})$', '-\1\2\3'
    ) AS x_Model,
    anthropic_token_class(token_type) AS x_TokenClass,
    nullif(usage_type, 'message') AS x_ServiceTier,
    anthropic_context(context_window) AS x_ContextWindow,
    coalesce(api_key_id, api_key) AS x_CredentialId
FROM export
