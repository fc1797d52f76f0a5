-- Amounts came as text in fractional cents and are dollars in the view `export`: `amount` after discounts and before
-- credits is what is billed, `list_amount` before discounts is ListCost.
-- An account that was deleted, or is none of a person, has no e-mail address; its user id stays.
SELECT
    _row,
    amount AS BilledCost,
    amount AS EffectiveCost,
    list_amount AS ListCost,
    amount AS ContractedCost,
    upper(currency) AS BillingCurrency,
    _account AS BillingAccountId,
    date_trunc('month', starting_at) AS BillingPeriodStart,
    date_trunc('month', starting_at) + INTERVAL 1 MONTH AS BillingPeriodEnd,
    starting_at AS ChargePeriodStart,
    ending_at AS ChargePeriodEnd,
    'Usage' AS ChargeCategory,
    'Usage-Based' AS ChargeFrequency,
    concat_ws(', ', product, model, coalesce(token_type, cost_type)) AS ChargeDescription,
    token_type AS SkuMeter,
    inference_geo AS RegionId,
    'Claude Enterprise' AS ServiceName,
    'AI and Machine Learning' AS ServiceCategory,
    'Generative AI' AS ServiceSubcategory,
    'Anthropic' AS ServiceProviderName,
    'Anthropic' AS HostProviderName,
    'Anthropic' AS InvoiceIssuerName,
    anthropic_tags(product, slack_channel_id, claude_tag_category, claude_tag_user_id) AS Tags,
    model AS x_Model,
    anthropic_token_class(token_type) AS x_TokenClass,
    speed AS x_ServiceTier,
    "actor.user_id" AS x_PrincipalId,
    coalesce("actor.email_address", "actor.email") AS x_ConsumerId,
    context_window AS x_ContextWindow
FROM export
