-- Cost and use of Claude Enterprise, of the organisation and of its users: `lines` are the export's columns, user_id and
-- email, which are NULL where nobody is named. An account that was deleted, or is none of a person, has a user id alone.
-- Amounts came as text in fractional cents and are dollars in the view `export`: `amount` after discounts and before
-- credits is what is billed, `list_amount` before discounts is ListCost.
CREATE TEMP MACRO anthropic_enterprise_charge(lines) AS TABLE
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
    user_id AS x_PrincipalId,
    email AS x_ConsumerId,
    context_window AS x_ContextWindow
FROM query_table(lines);

-- Counts are disjoint as delivered. A row per class that was used, and always one of output, so that no record vanishes.
-- Searches are charged without a model, and so they are counted without one.
CREATE TEMP MACRO anthropic_enterprise_use(lines) AS TABLE
WITH uses AS (
    SELECT
        *,
        -- in the list of columns, where it keeps the order of rows
        unnest(anthropic_used(
            uncached_input_tokens,
            cache_read_input_tokens,
            "cache_creation.ephemeral_5m_input_tokens",
            "cache_creation.ephemeral_1h_input_tokens",
            output_tokens,
            "server_tool_use.web_search_requests"
        )) AS used
    FROM query_table(lines)
)

SELECT
    _row,
    CAST(starting_at AS DATE) AS UsageDate,
    CASE WHEN used.class IS NOT NULL THEN model END AS x_Model,
    used.class AS x_TokenClass,
    CASE WHEN used.class IS NOT NULL THEN speed END AS x_ServiceTier,
    CASE WHEN used.class IS NOT NULL THEN context_window END AS x_ContextWindow,
    user_id AS x_PrincipalId,
    email AS x_ConsumerId,
    used.quantity AS Quantity,
    used.unit AS Unit,
    anthropic_tags(product, slack_channel_id, claude_tag_category, claude_tag_user_id) AS Tags
FROM uses;
