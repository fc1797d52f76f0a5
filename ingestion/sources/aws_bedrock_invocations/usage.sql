-- A row per class of tokens that a call used, and always one of output, so that no record vanishes: a failed call has 0.
-- As in the API's answer, inputTokenCount is without what the cache read and wrote. For how long is told in the answer only.
WITH classes AS (
    SELECT
        *,
        unnest([
            {'name': 'uncached_input', 'tokens': coalesce("input.inputTokenCount", 0)},
            {'name': 'cache_read', 'tokens': coalesce("input.cacheReadInputTokenCount", 0)},
            {'name': 'cache_write', 'tokens': coalesce("input.cacheWriteInputTokenCount", 0)},
            {'name': 'output', 'tokens': coalesce("output.outputTokenCount", 0)}
        ]) AS class
    FROM export
)

SELECT
    _row,
    CAST(timestamp AS DATE) AS UsageDate,
    accountId AS SubAccountId,
    bedrock_model_id(modelId) AS x_Model,
    class.name AS x_TokenClass,
    aws_api_key("identity.arn") AS x_CredentialId,
    "identity.arn" AS x_PrincipalId,
    aws_session_person("identity.arn") AS x_ConsumerId,
    class.tokens AS Quantity,
    'tokens' AS Unit,
    requestMetadata AS Tags
FROM classes
WHERE class.tokens <> 0 OR class.name = 'output'
