-- One charge per row. Cost is net of what was negotiated, before tax: BilledCost, EffectiveCost and ContractedCost;
-- the public price is known of customer agreements alone, and is ListCost. Reservations are charged where they were
-- bought, and their use is 0. A refund takes a purchase back. The end of a billing period is its last day. Quantities
-- are in blocks of the unit (1K, 10K, 1 Hour); what they count is the use. Usage may be negative.
WITH metered AS (
    SELECT
        *,
        meter_words(MeterName) AS words,
        concat_ws(' ', MeterCategory, MeterSubCategory, Product) AS product_text,
        coalesce(PricingCurrency, BillingCurrency) = BillingCurrency AS priced_as_billed
    FROM export
)

SELECT
    _row,
    Cost AS BilledCost,
    Cost AS EffectiveCost,
    Cost AS ContractedCost,
    PaygCostInBillingCurrency AS ListCost,
    CASE WHEN priced_as_billed THEN UnitPrice END AS ContractedUnitPrice,
    CASE WHEN priced_as_billed THEN PayGPrice END AS ListUnitPrice,
    upper(BillingCurrency) AS BillingCurrency,
    PricingCurrency,
    BillingAccountId,
    BillingAccountName,
    BillingPeriodStartDate AS BillingPeriodStart,
    BillingPeriodEndDate + INTERVAL 1 DAY AS BillingPeriodEnd,
    Date AS ChargePeriodStart,
    Date + INTERVAL 1 DAY AS ChargePeriodEnd,
    CASE
        WHEN ChargeType IN ('UnusedReservation', 'UnusedSavingsPlan') THEN 'Usage'
        WHEN ChargeType = 'Refund' THEN 'Purchase'
        WHEN ChargeType = 'RoundingAdjustment' THEN 'Adjustment'
        ELSE ChargeType
    END AS ChargeCategory,
    CASE WHEN ChargeType = 'Refund' THEN 'Correction' END AS ChargeClass,
    CASE Frequency WHEN 'UsageBased' THEN 'Usage-Based' WHEN 'OneTime' THEN 'One-Time' ELSE Frequency END
        AS ChargeFrequency,
    CASE PricingModel WHEN 'OnDemand' THEN 'Standard' WHEN 'Spot' THEN 'Dynamic' WHEN 'Reservation' THEN 'Committed'
        WHEN 'SavingsPlan' THEN 'Committed' END AS PricingCategory,
    BenefitId AS CommitmentDiscountId,
    Product AS ChargeDescription,
    MeterId AS SkuId,
    CASE WHEN is_claude_unit(concat_ws(' ', product_text, MeterName, PlanName)) THEN 'Claude Consumption Units'
        ELSE MeterName END AS SkuMeter,
    Quantity AS PricingQuantity,
    UnitOfMeasure AS PricingUnit,
    TRY_CAST(Quantity * unit_block(UnitOfMeasure) AS DECIMAL(28, 12)) AS ConsumedQuantity,
    CASE WHEN ends_with(words, 'tokens') THEN 'tokens' ELSE unit_counted(UnitOfMeasure) END AS ConsumedUnit,
    meter_details(CASE WHEN json_valid(AdditionalInfo) THEN AdditionalInfo END, words) AS SkuPriceDetails,
    SubscriptionId AS SubAccountId,
    SubscriptionName AS SubAccountName,
    CASE WHEN SubscriptionId IS NOT NULL THEN 'Subscription' END AS SubAccountType,
    coalesce(MeterCategory, ConsumedService, Product) AS ServiceName,
    CASE WHEN regexp_matches(product_text, 'OpenAI|Foundry|Cognitive|Claude') THEN 'AI and Machine Learning' END
        AS ServiceCategory,
    CASE WHEN PublisherType = 'Marketplace' THEN PublisherName ELSE 'Microsoft' END AS ServiceProviderName,
    'Microsoft' AS HostProviderName,
    'Microsoft' AS InvoiceIssuerName,
    InvoiceId,
    ResourceLocation AS RegionId,
    ResourceId,
    ResourceName,
    nullif(json_merge_patch(
        '{}', json_object('x_CostCenter', CostCenter, 'x_ResourceGroupName', ResourceGroup), coalesce(Tags, '{}')
    ), '{}') AS Tags,
    meter_model(words, product_text) AS x_Model,
    meter_token_class(words) AS x_TokenClass,
    meter_tier(words) AS x_ServiceTier,
    meter_context(words) AS x_ContextWindow
FROM metered
