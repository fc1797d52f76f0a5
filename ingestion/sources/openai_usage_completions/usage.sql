-- Nested counts made disjoint: input_tokens holds the cached and the cache-write tokens too.
-- A row per class that was used, and always one of output, so that no record vanishes.
-- A batch is a batch, at half the price, also where the tier says `default`.
WITH classes AS (
    SELECT
        *,
        -- in the list of columns, where it keeps the order of rows
        unnest([
            {
                'name': 'uncached_input',
                'tokens': coalesce(
                    input_uncached_tokens,
                    input_tokens - coalesce(input_cached_tokens, 0) - coalesce(input_cache_write_tokens, 0)
                )
            },
            {'name': 'cache_read', 'tokens': coalesce(input_cached_tokens, 0)},
            {'name': 'cache_write', 'tokens': coalesce(input_cache_write_tokens, 0)},
            {'name': 'output', 'tokens': output_tokens}
        ]) AS class
    FROM export
)

SELECT
    _row,
    CAST(start_time AS DATE) AS UsageDate,
    project_id AS SubAccountId,
    model AS x_Model,
    class.name AS x_TokenClass,
    CASE WHEN batch THEN 'batch' ELSE service_tier END AS x_ServiceTier,
    api_key_id AS x_CredentialId,
    user_id AS x_PrincipalId,
    class.tokens AS Quantity,
    'tokens' AS Unit
FROM classes
WHERE class.tokens <> 0 OR class.name = 'output'
