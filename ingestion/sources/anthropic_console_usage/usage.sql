-- Counts are disjoint as delivered. A row per class that was used, and always one of output, so that no record
-- vanishes. Searches are charged without a model, and so they are counted without one. Dates are days, or hours such as
-- "2026-09-01 02:00".
-- The workspace named Default is the one that the cost report gives as null.
WITH classes AS (
    SELECT
        *,
        -- in the list of columns, where it keeps the order of rows
        unnest([
            {'name': 'uncached_input', 'quantity': usage_input_tokens_no_cache},
            {'name': 'cache_read', 'quantity': usage_input_tokens_cache_read},
            {'name': 'cache_write_5m', 'quantity': usage_input_tokens_cache_write_5m},
            {'name': 'cache_write_1h', 'quantity': usage_input_tokens_cache_write_1h},
            {'name': 'output', 'quantity': usage_output_tokens},
            {'name': NULL, 'quantity': coalesce(web_search_count, 0)}
        ]) AS class
    FROM export
)

SELECT
    _row,
    CAST(usage_date_utc AS DATE) AS UsageDate,
    nullif(workspace, 'Default') AS SubAccountId,
    CASE WHEN class.name IS NOT NULL THEN model_version END AS x_Model,
    class.name AS x_TokenClass,
    CASE WHEN class.name IS NOT NULL THEN usage_type END AS x_ServiceTier,
    CASE
        WHEN class.name IS NULL THEN NULL
        WHEN context_window = '≤ 200k' THEN '0-200k'
        WHEN context_window = '> 200k' THEN '200k-1M'
        ELSE context_window
    END AS x_ContextWindow,
    api_key AS x_CredentialId,
    class.quantity AS Quantity,
    CASE WHEN class.name IS NULL THEN 'requests' ELSE 'tokens' END AS Unit
FROM classes
WHERE class.quantity <> 0 OR class.name = 'output'
