-- A row is a person's use of a product and a model in the whole period, or that of no person: (org service usage).
-- Net is what is billed; gross, before discounts and what seats include, is ListCost. Token classes share an amount.
SELECT
    _row,
    total_net_spend_usd AS BilledCost,
    total_net_spend_usd AS EffectiveCost,
    total_gross_spend_usd AS ListCost,
    total_net_spend_usd AS ContractedCost,
    'USD' AS BillingCurrency,
    _account AS BillingAccountId,
    date_trunc('month', _from) AS BillingPeriodStart,
    date_trunc('month', _from) + INTERVAL 1 MONTH AS BillingPeriodEnd,
    _from AS ChargePeriodStart,
    _to AS ChargePeriodEnd,
    'Usage' AS ChargeCategory,
    'Usage-Based' AS ChargeFrequency,
    concat_ws(', ', product, model) AS ChargeDescription,
    total_requests AS ConsumedQuantity,
    'requests' AS ConsumedUnit,
    'Claude Enterprise' AS ServiceName,
    'AI and Machine Learning' AS ServiceCategory,
    'Generative AI' AS ServiceSubcategory,
    'Anthropic' AS ServiceProviderName,
    'Anthropic' AS HostProviderName,
    'Anthropic' AS InvoiceIssuerName,
    json_merge_patch('{}', json_object(
        'product', product, 'slack_channel_id', slack_channel_id, 'teams_channel_id', teams_channel_id
    )) AS Tags,
    model AS x_Model,
    CASE WHEN contains(user_email, '@') THEN coalesce(user_id, account_uuid) ELSE user_email END AS x_PrincipalId,
    CASE WHEN contains(user_email, '@') THEN user_email END AS x_ConsumerId
FROM export
