-- One charge per record, of the API's pages and of the console's file. A line item is one text of unstable case:
-- "gpt-4o-2024-08-06, Input"; with what it ran as before it and how long it was behind it, "priority | gpt-5.6-sol,
-- cached input, long context"; or not by token, "whisper-1", "web search tool calls | gpt-4o", "Image models".
-- Audio and image tokens are classes of the same input and output that the usage endpoint counts.
-- All four costs are what OpenAI bills: it states no list price and no discount.
WITH items AS (
    SELECT
        *,
        lower(regexp_extract(line_item, '^(.*) \| ', 1)) AS runs_as,
        regexp_replace(regexp_replace(line_item, '^.* \| ', ''), ', long context$', '') AS item
    FROM export
),

lines AS (
    SELECT
        *,
        -- a model's name has no spaces; where it stands alone, a dash or a digit tells it from a word
        nullif(regexp_extract(item, '^([^ ,]+), ', 1), '') AS named,
        nullif(regexp_extract(item, '^[^ ,]*[-0-9][^ ,]*$'), '') AS alone,
        lower(regexp_extract(item, ', ([^,]*)$', 1)) AS direction,
        CASE quantity_unit
            WHEN '1000_tokens' THEN 'tokens'
            WHEN 'gibibyte_hours' THEN 'GiB hours'
            ELSE replace(quantity_unit, 'duration_', '')
        END AS unit
    FROM items
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
    unit AS ConsumedUnit,
    quantity AS PricingQuantity,
    CASE quantity_unit WHEN '1000_tokens' THEN '1000 tokens' ELSE unit END AS PricingUnit,
    project_id AS SubAccountId,
    project_name AS SubAccountName,
    CASE WHEN project_id IS NOT NULL THEN 'project' END AS SubAccountType,
    'OpenAI API' AS ServiceName,
    'AI and Machine Learning' AS ServiceCategory,
    'Generative AI' AS ServiceSubcategory,
    'OpenAI' AS ServiceProviderName,
    'OpenAI' AS HostProviderName,
    'OpenAI' AS InvoiceIssuerName,
    coalesce(named, alone) AS x_Model,
    CASE
        WHEN contains(direction, 'output') THEN 'output'
        WHEN contains(direction, 'cache') AND contains(direction, 'write') THEN 'cache_write'
        WHEN contains(direction, 'cached') THEN 'cache_read'
        WHEN contains(direction, 'input') THEN 'uncached_input'
    END AS x_TokenClass,
    -- as the usage endpoint spells them; what else stands before a bar is no tier: "evals | ..."
    CASE WHEN runs_as = 'priority' OR runs_as = 'flex' OR runs_as = 'batch' THEN runs_as END AS x_ServiceTier,
    CASE WHEN ends_with(line_item, ', long context') THEN 'long context' END AS x_ContextWindow,
    api_key_id AS x_CredentialId,
    coalesce(user_email, user_id) AS x_PrincipalId
FROM lines
