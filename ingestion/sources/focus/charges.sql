-- FOCUS as it is; what one version names otherwise, and the tokens behind a charge as far as they are told:
-- by the draft of 1.5 in SkuPriceDetails, by Amazon Bedrock in its usage type, of which there are two forms,
-- "USE1-Claude4.6Sonnet-cache-read-input-token-count-batch" and
-- "USE1-anthropic.claude-opus-4-8-mantle-input-tokens-global-standard".
WITH metered AS (
    SELECT
        *,
        CASE
            WHEN contains(coalesce(x_UsageType, SkuMeter), '-token')
                THEN regexp_extract(
                    coalesce(x_UsageType, SkuMeter),
                    '^(?:[A-Z]{2,4}[0-9]-)?(.+?)(?:-mantle)?-(cache-read-input|cache-write-input|input|output)-token(?:s|-count)(.*)$',
                    ['model', 'class', 'rest']
                )
        END AS meter,
        CASE WHEN contains(SkuPriceDetails, 'TokenDirection') THEN CAST(SkuPriceDetails AS JSON) END AS sku
    FROM export
)

SELECT
    * EXCLUDE (
        ProviderName, PublisherName, PrincipalId, CredentialId, ConsumerId,
        x_Discounts, x_Operation, x_ServiceCode, x_UsageType, _page, _account, meter, sku
    ) REPLACE (
        coalesce(ServiceProviderName, ProviderName) AS ServiceProviderName,
        coalesce(HostProviderName, PublisherName) AS HostProviderName,
        coalesce(InvoiceIssuerName, ProviderName) AS InvoiceIssuerName,
        coalesce(SkuMeter, x_UsageType) AS SkuMeter
    ),
    coalesce(sku ->> 'ModelId', nullif(meter['model'], '')) AS x_Model,
    CASE
        WHEN sku ->> 'TokenDirection' = 'Output' THEN 'output'
        WHEN sku ->> 'TokenCacheAction' = 'Read' THEN 'cache_read'
        WHEN sku ->> 'TokenCacheAction' = 'Write' THEN 'cache_write'
        WHEN sku ->> 'TokenDirection' = 'Input' THEN 'uncached_input'
        WHEN meter['class'] = 'output' THEN 'output'
        WHEN meter['class'] = 'cache-read-input' THEN 'cache_read'
        WHEN meter['class'] = 'cache-write-input' AND contains(meter['rest'], '1-hour') THEN 'cache_write_1h'
        WHEN meter['class'] = 'cache-write-input' THEN 'cache_write'
        WHEN meter['class'] = 'input' THEN 'uncached_input'
    END AS x_TokenClass,
    nullif(regexp_extract(meter['rest'], '(batch|flex|priority|standard)', 1), '') AS x_ServiceTier,
    CredentialId AS x_CredentialId,
    PrincipalId AS x_PrincipalId,
    ConsumerId AS x_ConsumerId
FROM metered
