-- A row per class of tokens that a request used, and always one of output, so that no request vanishes; it carries
-- LiteLLM's estimate of the whole request. prompt_tokens holds what the provider's cache answered and kept, told in
-- metadata by newer proxies; where it is smaller than those, an older proxy counted them apart. What LiteLLM answered
-- from its own cache (cache_hit) used nothing of the provider. A model is named without the way to it: azure/gpt-5.6.
WITH requests AS (
    SELECT
        *,
        coalesce(
            TRY_CAST(metadata ->> '$.additional_usage_values.cache_read_input_tokens' AS DECIMAL(18, 0)),
            TRY_CAST(metadata ->> '$.additional_usage_values.prompt_tokens_details.cached_tokens' AS DECIMAL(18, 0)),
            0
        ) AS cached,
        coalesce(
            TRY_CAST(metadata ->> '$.additional_usage_values.cache_creation_input_tokens' AS DECIMAL(18, 0)), 0
        ) AS written,
        coalesce(lower(cache_hit) = 'true', false) AS from_own_cache
    FROM export
),

classes AS (
    SELECT
        *,
        -- in the list of columns, where it keeps the order of rows
        unnest(litellm_used(prompt_tokens, cached, written, completion_tokens)) AS class
    FROM requests
)

SELECT
    _row,
    CAST("startTime" AS DATE) AS UsageDate,
    team_id AS SubAccountId,
    regexp_replace(model, '^.*/', '') AS x_Model,
    class.name AS x_TokenClass,
    api_key AS x_CredentialId,
    "user" AS x_PrincipalId,
    end_user AS x_ConsumerId,
    CASE WHEN from_own_cache THEN 0 ELSE class.tokens END AS Quantity,
    'tokens' AS Unit,
    -- 0 is what LiteLLM writes for a model that it has no price for
    CASE WHEN class.name = 'output' THEN nullif(spend, 0) END AS EstimatedCost,
    CASE WHEN class.name = 'output' AND spend <> 0 THEN 'USD' END AS EstimatedCostCurrency,
    -- request tags are a list of texts; those written as name:value are tags as bills have them
    CASE WHEN contains(request_tags, ':') THEN nullif(CAST(list_reduce(
        list_transform(
            list_filter(CAST(request_tags AS JSON)::VARCHAR[], lambda tag : regexp_matches(tag, '^[^: ]+:[^ ]')),
            lambda tag : json_object(regexp_extract(tag, '^[^:]+'), regexp_replace(tag, '^[^:]+:', ''))
        ),
        lambda one, other : json_merge_patch(one, other),
        CAST('{}' AS JSON)
    ) AS VARCHAR), '{}') END AS Tags
FROM classes
WHERE (class.tokens <> 0 AND NOT from_own_cache) OR class.name = 'output'
