-- FOCUS as Google's preview delivers it: BilledCost and EffectiveCost are net of the credits that stand beside them in
-- x_Credits, so those are not added again. It has no Tags; labels are in three lists. Months are of California and
-- begin at 07:00 or 08:00 UTC, which is their first day all the same. Unit prices are left out: they are for
-- PricingQuantity as a block, so price times quantity is no cost.
WITH read AS (
    SELECT
        *,
        sku_words(ChargeDescription) AS words,
        sku_token_class(ChargeDescription, sku_words(ChargeDescription)) AS token_class,
        TRY_CAST(plain_number(ConsumedQuantity) AS DECIMAL(28, 12)) AS used,
        date_trunc('month', BillingPeriodStart) AS month
    FROM export
)

SELECT
    * EXCLUDE (
        ProviderName, PublisherName, x_Labels, x_ProjectLabels, x_Tags, _page, _account,
        words, token_class, used, month,
        ListUnitPrice, ContractedUnitPrice
    ) REPLACE (
        month AS BillingPeriodStart,
        month + INTERVAL 1 MONTH AS BillingPeriodEnd,
        upper(left(ChargeCategory, 1)) || substr(ChargeCategory, 2) AS ChargeCategory,
        upper(left(ChargeClass, 1)) || substr(ChargeClass, 2) AS ChargeClass,
        used AS ConsumedQuantity,
        CASE WHEN used IS NULL THEN NULL WHEN token_class IS NOT NULL AND ConsumedUnit = 'count' THEN 'tokens'
            ELSE ConsumedUnit END AS ConsumedUnit,
        coalesce(ServiceProviderName, PublisherName, ProviderName) AS ServiceProviderName,
        coalesce(HostProviderName, ProviderName) AS HostProviderName,
        coalesce(InvoiceIssuerName, ProviderName) AS InvoiceIssuerName,
        coalesce(SkuMeter, ChargeDescription) AS SkuMeter,
        coalesce(SkuPriceDetails, sku_details(ChargeDescription, words)) AS SkuPriceDetails,
        coalesce(Tags, google_tags(x_ProjectLabels, x_Tags, x_Labels)) AS Tags
    ),
    sku_model(ChargeDescription, words) AS x_Model,
    token_class AS x_TokenClass,
    sku_tier(ChargeDescription, words) AS x_ServiceTier,
    sku_context(ChargeDescription, words) AS x_ContextWindow
FROM read
