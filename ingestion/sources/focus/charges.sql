-- FOCUS as it is; what one version names otherwise, and the tokens behind a charge as far as they are told: by the draft
-- of 1.5 in SkuPriceDetails and in the name of its meter, by Amazon Bedrock in its usage type.
WITH metered AS (
    SELECT
        *,
        coalesce(x_UsageType, SkuMeter) AS usage_type,
        bedrock_meter(coalesce(x_UsageType, SkuMeter)) AS meter,
        CASE WHEN contains(SkuPriceDetails, '"Token') THEN CAST(SkuPriceDetails AS JSON) END AS sku,
        coalesce(CredentialDetails, RequesterDetails) AS details
    FROM export
),

told AS (
    SELECT
        *,
        CASE
            WHEN meter IS NULL
                THEN is_consumption_unit(concat_ws(' ', ServiceName, usage_type, ConsumedUnit, ChargeDescription))
        END AS ccu
    FROM metered
)

SELECT
    * EXCLUDE (
        ProviderName, PublisherName, PrincipalId, CredentialId, ConsumerId, CredentialDetails, RequesterDetails,
        x_UsageType, _page, _account, usage_type, meter, sku, details, ccu
    ) REPLACE (
        coalesce(ServiceProviderName, ProviderName) AS ServiceProviderName,
        coalesce(HostProviderName, PublisherName) AS HostProviderName,
        coalesce(InvoiceIssuerName, ProviderName) AS InvoiceIssuerName,
        CASE WHEN ccu THEN 'Claude Consumption Units' ELSE coalesce(SkuMeter, x_UsageType) END AS SkuMeter,
        CASE WHEN ccu THEN 'Claude Consumption Units' ELSE ConsumedUnit END AS ConsumedUnit
    ),
    coalesce(sku ->> 'ModelId', bedrock_model(meter)) AS x_Model,
    CASE
        WHEN sku ->> 'TokenDirection' = 'Output' THEN 'output'
        WHEN sku ->> 'TokenCacheAction' = 'Read' THEN 'cache_read'
        WHEN sku ->> 'TokenCacheAction' = 'Write' THEN 'cache_write'
        WHEN sku ->> 'TokenCacheAction' = 'Other' THEN NULL
        WHEN sku ->> 'TokenDirection' = 'Input' THEN 'uncached_input'
        WHEN meter IS NOT NULL THEN bedrock_token_class(meter)
        WHEN SkuMeter = 'Output Tokens' THEN 'output'
        WHEN SkuMeter = 'Cache Read Input Tokens' THEN 'cache_read'
        WHEN SkuMeter = 'Cache Write Input Tokens' THEN 'cache_write'
        WHEN SkuMeter = 'Input Tokens' THEN 'uncached_input'
    END AS x_TokenClass,
    bedrock_tier(meter) AS x_ServiceTier,
    coalesce(CredentialId, details ->> '$.Credential.Id') AS x_CredentialId,
    coalesce(PrincipalId, details ->> '$.Email') AS x_PrincipalId,
    ConsumerId AS x_ConsumerId
FROM told
