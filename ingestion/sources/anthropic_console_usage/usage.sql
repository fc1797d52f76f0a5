-- Counts are disjoint as delivered. A row per class that was used, and always one of output, so that no record
-- vanishes. Searches are charged without a model, and so they are counted without one. Dates are days, or hours such as
-- "2026-09-01 02:00".
-- The workspace named Default is the one that the cost report gives as null.
WITH uses AS (
    SELECT
        *,
        -- in the list of columns, where it keeps the order of rows
        unnest(anthropic_used(
            usage_input_tokens_no_cache,
            usage_input_tokens_cache_read,
            usage_input_tokens_cache_write_5m,
            usage_input_tokens_cache_write_1h,
            usage_output_tokens,
            web_search_count
        )) AS used
    FROM export
)

SELECT
    _row,
    CAST(usage_date_utc AS DATE) AS UsageDate,
    nullif(workspace, 'Default') AS SubAccountId,
    CASE WHEN used.class IS NOT NULL THEN model_version END AS x_Model,
    used.class AS x_TokenClass,
    CASE WHEN used.class IS NOT NULL THEN usage_type END AS x_ServiceTier,
    CASE WHEN used.class IS NOT NULL THEN anthropic_context(context_window) END AS x_ContextWindow,
    api_key AS x_CredentialId,
    used.quantity AS Quantity,
    used.unit AS Unit
FROM uses
