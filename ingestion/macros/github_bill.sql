-- The lines of a report by GitHub as charges: its reports name their columns alike, and leave out some.
-- Gross, discount and net are three measures: ListCost and ContractedCost are gross, what GitHub's price makes of the
-- quantity; BilledCost and EffectiveCost are net, after what the plan includes. GitHub bills in US dollars and writes no
-- currency. No PricingQuantity: it would say that net is quantity times price.
CREATE TEMP MACRO github_bill(report) AS TABLE
SELECT
    _row,
    net_amount AS BilledCost,
    net_amount AS EffectiveCost,
    gross_amount AS ListCost,
    gross_amount AS ContractedCost,
    applied_cost_per_quantity AS ListUnitPrice,
    'USD' AS BillingCurrency,
    _account AS BillingAccountId,
    date_trunc('month', date) AS BillingPeriodStart,
    date_trunc('month', date) + INTERVAL 1 MONTH AS BillingPeriodEnd,
    date AS ChargePeriodStart,
    date + INTERVAL 1 DAY AS ChargePeriodEnd,
    'Usage' AS ChargeCategory,
    'Usage-Based' AS ChargeFrequency,
    concat_ws(', ', sku, model) AS ChargeDescription,
    quantity AS ConsumedQuantity,
    unit_type AS ConsumedUnit,
    sku AS SkuId,
    organization AS SubAccountId,
    CASE WHEN organization IS NOT NULL THEN 'organization' END AS SubAccountType,
    CASE lower(product) WHEN 'copilot' THEN 'GitHub Copilot' WHEN 'spark' THEN 'GitHub Spark' ELSE 'GitHub ' || product END
        AS ServiceName,
    'AI and Machine Learning' AS ServiceCategory,
    'Generative AI' AS ServiceSubcategory,
    'GitHub' AS ServiceProviderName,
    'GitHub' AS HostProviderName,
    'GitHub' AS InvoiceIssuerName,
    CASE
        WHEN coalesce(cost_center_name, repository) IS NOT NULL
            THEN to_json({'cost_center': cost_center_name, 'repository': repository})
    END AS Tags,
    model AS x_Model,
    username AS x_PrincipalId
FROM query_table(report);
