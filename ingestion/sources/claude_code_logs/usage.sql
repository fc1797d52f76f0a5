-- Counts are disjoint as logged. A row per class that was used, and always one of output, so that no request vanishes.
-- Older versions tell what was written to the cache in one sum; where it is split, what the split leaves out is of no
-- known kind. costUSD, which they logged too, is an estimate of the program and is not loaded.
WITH counts AS (
    SELECT
        *,
        coalesce("message.usage.cache_creation.ephemeral_5m_input_tokens", 0) AS written_5m,
        coalesce("message.usage.cache_creation.ephemeral_1h_input_tokens", 0) AS written_1h,
        coalesce("message.usage.cache_creation_input_tokens", 0) AS written
    FROM export
),

classes AS (
    SELECT
        *,
        -- in the list of columns, where it keeps the order of rows
        unnest([
            {'name': 'uncached_input', 'tokens': "message.usage.input_tokens"},
            {'name': 'cache_read', 'tokens': coalesce("message.usage.cache_read_input_tokens", 0)},
            {'name': 'cache_write_5m', 'tokens': written_5m},
            {'name': 'cache_write_1h', 'tokens': written_1h},
            {'name': 'cache_write', 'tokens': greatest(written - written_5m - written_1h, 0)},
            {'name': 'output', 'tokens': "message.usage.output_tokens"}
        ]) AS class
    FROM counts
)

SELECT
    _row,
    CAST("timestamp" AS DATE) AS UsageDate,
    "message.model" AS x_Model,
    class.name AS x_TokenClass,
    "message.usage.service_tier" AS x_ServiceTier,
    _person AS x_PrincipalId,
    class.tokens AS Quantity,
    'tokens' AS Unit,
    _record AS x_RecordId
FROM classes
WHERE class.tokens <> 0 OR class.name = 'output'
