-- Counts are disjoint as delivered. A row per class that was used, and always one of output, so that no record
-- vanishes. Searches are charged without a model, and so they are counted without one.
WITH classes AS (
    SELECT
        *,
        -- in the list of columns, where it keeps the order of rows
        unnest([
            {'name': 'uncached_input', 'quantity': uncached_input_tokens},
            {'name': 'cache_read', 'quantity': cache_read_input_tokens},
            {'name': 'cache_write_5m', 'quantity': coalesce("cache_creation.ephemeral_5m_input_tokens", 0)},
            {'name': 'cache_write_1h', 'quantity': coalesce("cache_creation.ephemeral_1h_input_tokens", 0)},
            {'name': 'output', 'quantity': output_tokens},
            {'name': NULL, 'quantity': coalesce("server_tool_use.web_search_requests", 0)}
        ]) AS class
    FROM export
)

SELECT
    _row,
    CAST(starting_at AS DATE) AS UsageDate,
    CASE WHEN class.name IS NOT NULL THEN model END AS x_Model,
    class.name AS x_TokenClass,
    CASE WHEN class.name IS NOT NULL THEN speed END AS x_ServiceTier,
    CASE WHEN class.name IS NOT NULL THEN context_window END AS x_ContextWindow,
    class.quantity AS Quantity,
    CASE WHEN class.name IS NULL THEN 'requests' ELSE 'tokens' END AS Unit,
    nullif(json_merge_patch('{}', json_object(
        'product', product,
        'slack_channel_id', slack_channel_id,
        'claude_tag_category', claude_tag_category,
        'claude_tag_user_id', claude_tag_user_id
    )), '{}') AS Tags
FROM classes
WHERE class.quantity <> 0 OR class.name = 'output'
