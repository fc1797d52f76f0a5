-- One charge per item of a day's answer. Gross, discount and net are three measures, as in the reports: ListCost and
-- ContractedCost are gross, BilledCost and EffectiveCost net. GitHub bills in US dollars and writes no currency.
-- No PricingQuantity: it would say that net is quantity times price.
WITH dated AS (
    SELECT
        *,
        make_date(
            CAST("page.timePeriod.year" AS BIGINT),
            CAST("page.timePeriod.month" AS BIGINT),
            CAST("page.timePeriod.day" AS BIGINT)
        ) AS day
    FROM export
)

SELECT
    _row,
    netAmount AS BilledCost,
    netAmount AS EffectiveCost,
    grossAmount AS ListCost,
    grossAmount AS ContractedCost,
    pricePerUnit AS ListUnitPrice,
    'USD' AS BillingCurrency,
    _account AS BillingAccountId,
    date_trunc('month', day) AS BillingPeriodStart,
    date_trunc('month', day) + INTERVAL 1 MONTH AS BillingPeriodEnd,
    day AS ChargePeriodStart,
    day + INTERVAL 1 DAY AS ChargePeriodEnd,
    'Usage' AS ChargeCategory,
    'Usage-Based' AS ChargeFrequency,
    concat_ws(', ', sku, model) AS ChargeDescription,
    grossQuantity AS ConsumedQuantity,
    unitType AS ConsumedUnit,
    sku AS SkuId,
    "page.organization" AS SubAccountId,
    CASE WHEN "page.organization" IS NOT NULL THEN 'organization' END AS SubAccountType,
    CASE lower(product) WHEN 'copilot' THEN 'GitHub Copilot' WHEN 'spark' THEN 'GitHub Spark' ELSE 'GitHub ' || product END
        AS ServiceName,
    'AI and Machine Learning' AS ServiceCategory,
    'Generative AI' AS ServiceSubcategory,
    'GitHub' AS ServiceProviderName,
    'GitHub' AS HostProviderName,
    'GitHub' AS InvoiceIssuerName,
    model AS x_Model,
    "page.user" AS x_PrincipalId
FROM dated
