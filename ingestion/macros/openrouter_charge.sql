-- What every charge of OpenRouter has in common, of a view with the columns _row, _account, moment, cost, model, tokens.
-- The cost is what OpenRouter takes from the credit. Where the company brings its own key (BYOK) that is a fee alone: the
-- model is on the other provider's own bill, and counting it here as well would count it twice. OpenRouter bills in US
-- dollars and writes no currency. Tokens of reasoning are inside those of the completion.
CREATE TEMP MACRO openrouter_charge(lines) AS TABLE
SELECT
    * EXCLUDE (_account, moment, cost, tokens, model),
    cost AS BilledCost,
    cost AS EffectiveCost,
    cost AS ListCost,
    cost AS ContractedCost,
    'USD' AS BillingCurrency,
    _account AS BillingAccountId,
    date_trunc('month', moment) AS BillingPeriodStart,
    date_trunc('month', moment) + INTERVAL 1 MONTH AS BillingPeriodEnd,
    date_trunc('day', moment) AS ChargePeriodStart,
    date_trunc('day', moment) + INTERVAL 1 DAY AS ChargePeriodEnd,
    'Usage' AS ChargeCategory,
    'Usage-Based' AS ChargeFrequency,
    model AS ChargeDescription,
    tokens AS ConsumedQuantity,
    CASE WHEN tokens IS NOT NULL THEN 'tokens' END AS ConsumedUnit,
    'OpenRouter' AS ServiceName,
    'AI and Machine Learning' AS ServiceCategory,
    'Generative AI' AS ServiceSubcategory,
    'OpenRouter' AS ServiceProviderName,
    'OpenRouter' AS InvoiceIssuerName,
    model AS x_Model
FROM query_table(lines);
