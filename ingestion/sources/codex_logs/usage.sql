-- last_token_usage is what one request added to the counters. Its input holds what the cache answered and kept, its output
-- the reasoning. A row per class that was used, and always one of output, so that no request vanishes.
WITH counts AS (
    SELECT
        *,
        "payload.info.last_token_usage.input_tokens" AS input,
        coalesce("payload.info.last_token_usage.cached_input_tokens", 0) AS cached,
        coalesce("payload.info.last_token_usage.cache_write_input_tokens", 0) AS written
    FROM export
),

classes AS (
    SELECT
        *,
        -- in the list of columns, where it keeps the order of rows
        unnest([
            {'name': 'uncached_input', 'tokens': greatest(input - cached - written, 0)},
            {'name': 'cache_read', 'tokens': cached},
            {'name': 'cache_write', 'tokens': written},
            {'name': 'output', 'tokens': "payload.info.last_token_usage.output_tokens"}
        ]) AS class
    FROM counts
)

SELECT
    _row,
    CAST("timestamp" AS DATE) AS UsageDate,
    model AS x_Model,
    class.name AS x_TokenClass,
    nullif(tier, '') AS x_ServiceTier,
    _person AS x_PrincipalId,
    class.tokens AS Quantity,
    'tokens' AS Unit,
    _record AS x_RecordId
FROM classes
WHERE class.tokens <> 0 OR class.name = 'output'
