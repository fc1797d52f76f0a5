-- FOCUS as Azure delivers it. Model, token class and deployment scope are words of the meter; a quantity is priced in
-- blocks (1K, 1M), so tokens are PricingQuantity * x_PricingBlockSize. The deployment is no key of the bill: what
-- Azure knows of who is to pay, cost centre and resource group, goes with the tags under the names of its columns.
WITH metered AS (
    SELECT
        *,
        meter_words(SkuMeter) AS words,
        concat_ws(' ', x_SkuMeterCategory, x_SkuMeterSubcategory, x_SkuDescription) AS product,
        coalesce(TRY_CAST(x_PricingBlockSize AS DECIMAL(10, 0)), unit_block(x_PricingUnitDescription)) AS block
    FROM export
)

SELECT
    * EXCLUDE (
        ProviderName, PublisherName, x_CostCenter, x_PricingBlockSize, x_PricingUnitDescription, x_ResourceGroupName,
        x_SkuDescription, x_SkuMeterCategory, x_SkuMeterSubcategory, _page, _account, words, product, block
    ) REPLACE (
        coalesce(ServiceProviderName, ProviderName) AS ServiceProviderName,
        coalesce(HostProviderName, PublisherName) AS HostProviderName,
        coalesce(InvoiceIssuerName, ProviderName) AS InvoiceIssuerName,
        CASE WHEN is_claude_unit(concat_ws(' ', product, SkuMeter, ChargeDescription)) THEN 'Claude Consumption Units'
            ELSE SkuMeter END AS SkuMeter,
        CASE WHEN ends_with(words, 'tokens') THEN TRY_CAST(PricingQuantity * block AS DECIMAL(28, 12))
            ELSE ConsumedQuantity END AS ConsumedQuantity,
        CASE WHEN ends_with(words, 'tokens') THEN 'tokens' ELSE ConsumedUnit END AS ConsumedUnit,
        coalesce(PricingUnit, x_PricingUnitDescription) AS PricingUnit,
        meter_details(SkuPriceDetails, words) AS SkuPriceDetails,
        nullif(json_merge_patch(
            '{}', json_object('x_CostCenter', x_CostCenter, 'x_ResourceGroupName', x_ResourceGroupName),
            coalesce(Tags, '{}')
        ), '{}') AS Tags
    ),
    meter_model(words, product) AS x_Model,
    meter_token_class(words) AS x_TokenClass,
    meter_tier(words) AS x_ServiceTier,
    meter_context(words) AS x_ContextWindow
FROM metered
